/** Pool events as Spring application events. */
@NullMarked
package dev.naiad.pool.spring.event;

import org.jspecify.annotations.NullMarked;
