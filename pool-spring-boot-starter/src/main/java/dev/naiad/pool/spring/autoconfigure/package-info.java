/** Makes Naiad the pool behind Spring Boot's data source. */
@NullMarked
package dev.naiad.pool.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
