/** A pool's figures as Micrometer meters and for Spring Boot's generic data source metrics. */
@NullMarked
package dev.naiad.pool.spring.metrics;

import org.jspecify.annotations.NullMarked;
