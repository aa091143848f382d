/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says which setting is there twice, and where. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class DuplicateSettingFailureAnalyzer extends AbstractFailureAnalyzer<DuplicateSettingException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, DuplicateSettingException cause) {
        return new FailureAnalysis("The properties " + cause.getMessage(), "Remove one of them.", cause);
    }
}
