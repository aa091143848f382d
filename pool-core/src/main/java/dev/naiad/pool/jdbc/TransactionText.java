/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What SQL text does to the transaction. Most texts are told by one or two characters and by having no semicolon. If there is
 * one, the statements behind it are looked at for a BEGIN, but not for its end: to miss an end costs a rollback at most.
 */
enum TransactionText {
    NEITHER,
    BEGINS,
    ENDS;

    /** What may follow BEGIN if it does not open a block of procedural code. */
    private static final Set<String> AFTER_BEGIN = Set.of(
            "",
            "concurrent",
            "deferrable",
            "deferred",
            "exclusive",
            "immediate",
            "isolation",
            "not",
            "read",
            "tran",
            "transaction",
            "work");

    static TransactionText of(@Nullable String sql) {
        if (sql == null) {
            return NEITHER;
        }
        TransactionText first = ofStatement(sql, 0);
        int end = sql.indexOf(';');
        return first != BEGINS && end >= 0 && skipBlank(sql, end + 1) < sql.length() && beginsLater(sql)
                ? BEGINS
                : first;
    }

    /** Whether a statement behind the first one begins a transaction. The bodies of routines are not looked into. */
    private static boolean beginsLater(String sql) {
        int first = skipBlankAndComments(sql, 0);
        if (is(sql, first, "create") || is(sql, first, "alter")) {
            return false;
        }
        int i = 0;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            switch (c) {
                case '\'', '"', '`' -> i = behind(sql, String.valueOf(c), i + 1);
                case '$' -> i = behindDollarQuote(sql, i);
                case '-', '/' -> i = Math.max(i + 1, skipComments(sql, i));
                case ';' -> {
                    i = skipBlankAndComments(sql, i + 1);
                    if (ofStatement(sql, i) == BEGINS) {
                        return true;
                    }
                }
                default -> i++;
            }
        }
        return false;
    }

    private static int behind(String sql, String end, int from) {
        int found = sql.indexOf(end, from);
        return found < 0 ? sql.length() : found + end.length();
    }

    /** PostgreSQL's and H2's: {@code $$ ... $$}, {@code $name$ ... $name$}. */
    private static int behindDollarQuote(String sql, int from) {
        int end = endOfWord(sql, from + 1);
        return end < sql.length() && sql.charAt(end) == '$'
                ? behind(sql, sql.substring(from, end + 1), end + 1)
                : from + 1;
    }

    private static TransactionText ofStatement(String sql, int from) {
        int start = skipBlank(sql, from);
        if (start == sql.length()) {
            return NEITHER;
        }
        return switch (sql.charAt(start)) {
            case 's', 'S' -> // mostly SELECT
                start + 1 < sql.length() && (sql.charAt(start + 1) | ' ') == 't' ? ofWords(sql, start) : NEITHER;
            case 'b', 'B', 'c', 'C', 'r', 'R', 'e', 'E', 'a', 'A', '-', '/' -> ofWords(sql, start);
            default -> NEITHER;
        };
    }

    private static TransactionText ofWords(String sql, int from) {
        int start = skipComments(sql, from);
        int end = endOfWord(sql, start);
        return switch (end - start) {
            case 5 -> {
                if (is(sql, start, "begin")) {
                    yield AFTER_BEGIN.contains(nextWord(sql, end)) ? BEGINS : NEITHER;
                } else if (is(sql, start, "start")) {
                    yield nextWord(sql, end).equals("transaction") ? BEGINS : NEITHER;
                }
                yield is(sql, start, "abort") ? ENDS : NEITHER;
            }
            case 3 -> is(sql, start, "end") ? ENDS : NEITHER;
            case 6 -> is(sql, start, "commit") && !nextWord(sql, end).equals("prepared") ? ENDS : NEITHER;
            case 8 ->
                is(sql, start, "rollback") && !Set.of("to", "prepared").contains(nextWord(sql, end)) ? ENDS : NEITHER;
            default -> NEITHER;
        };
    }

    private static boolean is(String sql, int start, String word) {
        return sql.regionMatches(true, start, word, 0, word.length());
    }

    private static String nextWord(String sql, int from) {
        int start = skipBlank(sql, from);
        return sql.substring(start, endOfWord(sql, start)).toLowerCase(Locale.ROOT);
    }

    private static int endOfWord(String sql, int start) {
        int i = start;
        while (i < sql.length() && Character.isLetter(sql.charAt(i))) {
            i++;
        }
        return i;
    }

    private static int skipBlank(String sql, int from) {
        int i = from;
        while (i < sql.length() && sql.charAt(i) <= ' ') {
            i++;
        }
        return i;
    }

    private static int skipBlankAndComments(String sql, int from) {
        return skipComments(sql, skipBlank(sql, from));
    }

    private static int skipComments(String sql, int from) {
        int i = from;
        while (true) {
            int end;
            if (sql.startsWith("--", i)) {
                end = sql.indexOf('\n', i);
            } else if (sql.startsWith("/*", i)) {
                end = sql.indexOf("*/", i + 2) + 1;
            } else {
                return i;
            }
            if (end <= 0) {
                return sql.length();
            }
            i = skipBlank(sql, end + 1);
        }
    }
}
