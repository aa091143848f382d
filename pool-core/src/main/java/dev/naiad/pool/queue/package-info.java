/**
 * The lock-free meeting place of idle slots and waiting threads. Generic: it knows nothing of JDBC. Not exported.
 */
@NullMarked
package dev.naiad.pool.queue;

import org.jspecify.annotations.NullMarked;
