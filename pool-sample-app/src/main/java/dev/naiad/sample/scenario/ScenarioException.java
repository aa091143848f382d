/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** A scenario is not started; the body says why. */
final class ScenarioException extends ErrorResponseException {

    /** As in all problems of the shop. */
    private record FieldProblem(String field, String message) {}

    private ScenarioException(HttpStatus status, String detail, List<FieldProblem> errors) {
        super(status, problem(status, detail, errors), null);
    }

    private static ProblemDetail problem(HttpStatus status, String detail, List<FieldProblem> errors) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        if (!errors.isEmpty()) {
            problem.setProperty("errors", errors);
        }
        return problem;
    }

    static ScenarioException unknown(String name, Collection<String> known) {
        return new ScenarioException(
                HttpStatus.NOT_FOUND,
                "There is no scenario '%s'. There are: %s.".formatted(name, String.join(", ", known)),
                List.of());
    }

    static ScenarioException running(String name) {
        return new ScenarioException(
                HttpStatus.CONFLICT,
                "The scenario '%s' is running. Wait for its end, or stop it by DELETE /scenarios/%s."
                        .formatted(name, name),
                List.of());
    }

    static ScenarioException wrong(Map<String, String> messages) {
        return new ScenarioException(
                HttpStatus.BAD_REQUEST,
                "The scenario cannot be started like this.",
                messages.entrySet().stream()
                        .map(entry -> new FieldProblem(entry.getKey(), entry.getValue()))
                        .toList());
    }

    static ScenarioException closing() {
        return new ScenarioException(HttpStatus.SERVICE_UNAVAILABLE, "The application is stopping.", List.of());
    }
}
