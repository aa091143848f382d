/**
 * For tests of applications: {@link dev.naiad.pool.testing.PoolGuard} finds out what a test does wrong with connections,
 * {@link dev.naiad.pool.testing.FaultyConnectionFactory} lets go wrong what a database can do wrong. The guard is an extension of
 * JUnit Jupiter, which whoever uses it has on the class path; nothing else in this library needs it.
 */
@NullMarked
package dev.naiad.pool.testing;

import org.jspecify.annotations.NullMarked;
