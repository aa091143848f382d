/** Checkouts and statements as observations of Micrometer's, which tracing makes spans of. */
@NullMarked
package dev.naiad.pool.spring.observation;

import org.jspecify.annotations.NullMarked;
