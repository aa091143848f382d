/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * Explains a {@code spring.datasource.url} that is none, or in which a placeholder was left. Spring Boot reports it by an
 * exception of no particular type, so this looks at the property instead.
 */
final class UrlFailureAnalyzer extends AbstractFailureAnalyzer<IllegalArgumentException> {

    private final Environment environment;

    UrlFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, IllegalArgumentException cause) {
        JdbcUrl url = JdbcUrl.of(environment);
        return url.isForeign() ? url.asForeign(cause) : null;
    }
}
