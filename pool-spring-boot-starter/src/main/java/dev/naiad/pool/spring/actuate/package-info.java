/** What the actuator shows of pools. */
@NullMarked
package dev.naiad.pool.spring.actuate;

import org.jspecify.annotations.NullMarked;
