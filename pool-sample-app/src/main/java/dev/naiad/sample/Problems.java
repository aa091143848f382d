/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;

/** Says what went wrong as problem details (RFC 9457); the member "errors" names the fields to mend. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(Problems.class);

    @ExceptionHandler
    ProblemDetail notFound(NotFoundException exception) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, exception.getMessage());
    }

    @ExceptionHandler
    ProblemDetail unknownProduct(UnknownProductException exception) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, exception.getMessage());
        return withErrors(
                problem,
                List.of(new FieldProblem("lines", "names the unknown product '%s'".formatted(exception.sku()))));
    }

    @ExceptionHandler
    ProblemDetail outOfStock(OutOfStockException exception) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, exception.getMessage());
        problem.setType(URI.create("urn:problem:out-of-stock"));
        problem.setTitle("Out of stock");
        problem.setProperty("shortages", exception.shortages());
        return problem;
    }

    /** No connection in time, or a lock not granted: the same request may well succeed a moment later. */
    @ExceptionHandler({
        CannotCreateTransactionException.class,
        CannotGetJdbcConnectionException.class,
        TransientDataAccessException.class
    })
    ResponseEntity<ProblemDetail> busy(RuntimeException exception) {
        log.warn("Request refused: {}", rootCause(exception).toString());
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE, "The database did not answer in time. Try again in a moment.");
        return ResponseEntity.of(problem).header(HttpHeaders.RETRY_AFTER, "1").build();
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException exception, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        Stream<FieldProblem> fields = exception.getFieldErrors().stream().map(FieldProblem::of);
        withErrors(exception.getBody(), fields.sorted().toList());
        return super.handleMethodArgumentNotValid(exception, headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
            HandlerMethodValidationException exception,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        Stream<FieldProblem> parameters =
                exception.getParameterValidationResults().stream().flatMap(FieldProblem::of);
        withErrors(exception.getBody(), parameters.sorted().toList());
        return super.handleHandlerMethodValidationException(exception, headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException exception, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, "The request body can't be read.");
        if (exception.getCause() instanceof JacksonException unreadable
                && !unreadable.getPath().isEmpty()) {
            withErrors(problem, List.of(FieldProblem.of(unreadable)));
        }
        return handleExceptionInternal(exception, problem, headers, status, request);
    }

    private static ProblemDetail withErrors(ProblemDetail problem, List<FieldProblem> errors) {
        problem.setProperty("errors", errors);
        return problem;
    }

    private static Throwable rootCause(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** A field of the request, by its path, and what is wrong with it. */
    record FieldProblem(String field, String message) implements Comparable<FieldProblem> {

        static FieldProblem of(FieldError error) {
            return new FieldProblem(error.getField(), text(error));
        }

        static Stream<FieldProblem> of(ParameterValidationResult result) {
            String parameter =
                    Objects.requireNonNullElse(result.getMethodParameter().getParameterName(), "parameter");
            return result.getResolvableErrors().stream().map(error -> new FieldProblem(parameter, text(error)));
        }

        static FieldProblem of(JacksonException unreadable) {
            StringBuilder path = new StringBuilder();
            for (JacksonException.Reference step : unreadable.getPath()) {
                if (step.getPropertyName() == null) {
                    path.append('[').append(step.getIndex()).append(']');
                } else {
                    path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
                }
            }
            return new FieldProblem(path.toString(), "is not of the expected type");
        }

        private static String text(MessageSourceResolvable error) {
            return Objects.requireNonNullElse(error.getDefaultMessage(), "is not valid");
        }

        @Override
        public int compareTo(FieldProblem other) {
            int byField = field.compareTo(other.field);
            return byField != 0 ? byField : message.compareTo(other.message);
        }
    }
}
