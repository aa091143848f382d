/** A web page that shows the pools at work. */
@NullMarked
package dev.naiad.pool.spring.console;

import org.jspecify.annotations.NullMarked;
