/**
 * What a pool tells of itself when a connection is not to be had: who holds them, who waits, and the {@link
 * dev.naiad.pool.diagnose.Verdict}. Only data and what follows from it; looking at the pool is the pool's business.
 */
@NullMarked
package dev.naiad.pool.diagnose;

import org.jspecify.annotations.NullMarked;
