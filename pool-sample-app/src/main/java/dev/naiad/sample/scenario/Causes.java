/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What lies at the bottom of an exception. */
final class Causes {

    private Causes() {}

    /** The innermost cause, in one line. */
    static String text(Throwable thrown) {
        Throwable root = root(thrown);
        String message = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
        return root.getClass().getSimpleName() + ": " + message;
    }

    /** The innermost cause's class, with its SQLState: what failures are counted by. */
    static String kind(Throwable thrown) {
        Throwable root = root(thrown);
        String name = root.getClass().getSimpleName();
        return root instanceof SQLException sql && sql.getSQLState() != null ? name + " " + sql.getSQLState() : name;
    }

    /** The first of this class on the way to the innermost cause. */
    static <T extends Throwable> Optional<T> find(Throwable thrown, Class<T> type) {
        for (@Nullable Throwable each = thrown; each != null; each = each.getCause()) {
            if (type.isInstance(each)) {
                return Optional.of(type.cast(each));
            }
        }
        return Optional.empty();
    }

    private static Throwable root(Throwable thrown) {
        Throwable root = thrown;
        for (Throwable cause = root.getCause(); cause != null; cause = root.getCause()) {
            root = cause;
        }
        return root;
    }
}
