/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Explains a {@code spring.datasource.driver-class-name} that is not on the class path. Spring Boot reports it by an exception
 * of no particular type, so this looks at the property instead.
 */
final class DriverClassFailureAnalyzer extends AbstractFailureAnalyzer<IllegalStateException> {

    static final String PROPERTY = "spring.datasource.driver-class-name";

    private final Environment environment;

    DriverClassFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, IllegalStateException cause) {
        String className = SettingOrigin.value(environment, PROPERTY).orElse(null);
        if (className == null || ClassUtils.isPresent(className, getClass().getClassLoader())) {
            return null;
        }
        return new FailureAnalysis(
                "The property '" + PROPERTY + "' names the JDBC driver '" + className + "'"
                        + SettingOrigin.describe(environment, PROPERTY) + ", which is not on the class path.",
                "Remove the property, for the driver is found by 'spring.datasource.url'" + suggestion()
                        + "; or add the dependency that has the driver.",
                cause);
    }

    private String suggestion() {
        String usual = JdbcUrl.of(environment).database().getDriverClassName();
        return usual == null ? "" : " (for this one it is " + usual + ")";
    }
}
