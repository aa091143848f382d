/** Advice around what is executed on a pool's connections: {@link dev.naiad.pool.intercept.ExecutionInterceptor} and what it sees. */
@NullMarked
package dev.naiad.pool.intercept;

import org.jspecify.annotations.NullMarked;
