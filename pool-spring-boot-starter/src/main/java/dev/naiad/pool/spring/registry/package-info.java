/** Which pools there are, and what went wrong in them lately. */
@NullMarked
package dev.naiad.pool.spring.registry;

import org.jspecify.annotations.NullMarked;
