/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import java.util.List;
import java.util.Optional;

/** Finds in a stack what its reader can change. */
final class Frames {

    private static final List<String> JDK = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.");

    /** What stands between an application and its pool. */
    private static final List<String> FRAMEWORKS = List.of(
            "org.springframework.",
            "org.hibernate.",
            "org.jooq.",
            "org.apache.ibatis.",
            "org.mybatis.",
            "org.flywaydb.",
            "liquibase.",
            "jakarta.",
            "com.zaxxer.",
            "dev.naiad.pool.jdbc.",
            "dev.naiad.pool.spring.");

    private Frames() {}

    /** The innermost frame of the application's own code; if there is none, of anybody's but the JDK's. */
    static Optional<StackTraceElement> place(List<StackTraceElement> stack) {
        Optional<StackTraceElement> own = stack.stream()
                .filter(frame -> !startsWith(frame, JDK) && !startsWith(frame, FRAMEWORKS) && !isGenerated(frame))
                .findFirst();
        return own.isPresent()
                ? own
                : stack.stream().filter(frame -> !startsWith(frame, JDK)).findFirst();
    }

    private static boolean startsWith(StackTraceElement frame, List<String> prefixes) {
        return prefixes.stream().anyMatch(frame.getClassName()::startsWith);
    }

    private static boolean isGenerated(StackTraceElement frame) {
        return frame.getClassName().contains("$$");
    }
}
