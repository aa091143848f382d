/** Credentials that change while the application runs. */
@NullMarked
package dev.naiad.pool.spring.credentials;

import org.jspecify.annotations.NullMarked;
