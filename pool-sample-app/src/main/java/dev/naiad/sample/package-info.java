/** A small shop that keeps its stock and its orders in a database reached through Naiad. */
@NullMarked
package dev.naiad.sample;

import org.jspecify.annotations.NullMarked;
