/** Pools when the application is paused or checkpointed. */
@NullMarked
package dev.naiad.pool.spring.lifecycle;

import org.jspecify.annotations.NullMarked;
