/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Says which two properties do not go together, and where each stands. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SettingClashFailureAnalyzer extends AbstractFailureAnalyzer<SettingClashException> {

    private final Environment environment;

    SettingClashFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SettingClashException cause) {
        return new FailureAnalysis(
                shown(cause.property()) + " does not go together with " + lowered(shown(cause.other())) + ": "
                        + cause.reason() + ".",
                cause.action(),
                cause);
    }

    private String shown(String property) {
        return SettingOrigin.value(environment, property)
                .map(value -> "The property '" + property + "' with the value '" + value + "'"
                        + SettingOrigin.describe(environment, property))
                .orElse("The default of '" + property + "'");
    }

    private static String lowered(String text) {
        return text.replaceFirst("^The", "the");
    }
}
