/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

/**
 * SQL text as it may be shown: one short line without literals and comments.
 *
 * <p>Text in double quotes is masked as well, since some databases take it for a literal. Where databases differ about the end of
 * a literal, or a literal has no end, the text is cut off, for what follows might be part of it.
 */
public final class MaskedSql {

    private static final int LONGEST = 200;
    private static final char MASK = '?';

    private final String sql;
    private final StringBuilder shown = new StringBuilder();
    private int at;

    private MaskedSql(String sql) {
        this.sql = sql;
    }

    /** The text without literals and comments, at most about 200 characters of it. */
    public static String of(String sql) {
        return new MaskedSql(sql).shown();
    }

    private String shown() {
        boolean whole = true;
        while (whole && at < sql.length() && shown.length() < LONGEST) {
            whole = step(sql.charAt(at));
        }
        String text = shown.toString().strip();
        return whole && at == sql.length() ? text : text + "…";
    }

    /** Shows what begins here; false if nothing that follows may be shown. */
    private boolean step(char next) {
        if (Character.isWhitespace(next)) {
            at++;
            space();
            return true;
        } else if (sql.startsWith("--", at)) {
            int end = sql.indexOf('\n', at);
            at = end < 0 ? sql.length() : end;
            return true;
        } else if (sql.startsWith("/*", at)) {
            return comment();
        } else if (next == '\'' || next == '"') {
            return quoted(next);
        } else if (next == '$') {
            return dollar();
        } else if (isDigit(next)) {
            return number();
        } else if (isPartOfName(next) || next == '?' || next == ':' || next == '@' || next == '#') {
            word();
            return true;
        }
        shown.append(next);
        at++;
        return true;
    }

    private void space() {
        if (shown.length() > 0 && shown.charAt(shown.length() - 1) != ' ') {
            shown.append(' ');
        }
    }

    /** Some databases let comments nest. */
    private boolean comment() {
        int end = sql.indexOf("*/", at + 2);
        int nested = sql.indexOf("/*", at + 2);
        if (end < 0 || nested >= 0 && nested < end) {
            return false;
        }
        at = end + 2;
        space();
        return true;
    }

    /** To some databases a backslash is a character like any other, to some it makes one of the quote behind it. */
    private boolean quoted(char quote) {
        shown.append(MASK);
        for (at++; at < sql.length(); at++) {
            char next = sql.charAt(at);
            if (next == '\\') {
                return false;
            } else if (next == quote) {
                if (at + 1 == sql.length() || sql.charAt(at + 1) != quote) {
                    at++;
                    return true;
                }
                at++;
            }
        }
        return false;
    }

    /** A parameter, {@code $1}, or text between two equal tags, {@code $tag$}. */
    private boolean dollar() {
        int end = at + 1;
        while (end < sql.length() && isPartOfName(sql.charAt(end))) {
            end++;
        }
        if (end == sql.length() || sql.charAt(end) != '$') {
            shown.append(sql, at, end);
            at = end;
            return true;
        }
        String tag = sql.substring(at, end + 1);
        int close = sql.indexOf(tag, end + 1);
        shown.append(MASK);
        if (close < 0) {
            return false;
        }
        at = close + tag.length();
        return true;
    }

    private boolean number() {
        while (at < sql.length() && (isPartOfName(sql.charAt(at)) || sql.charAt(at) == '.')) {
            at++;
        }
        shown.append(MASK);
        return true;
    }

    /** A name, a keyword or a parameter with the digits that belong to it. */
    private void word() {
        int start = at++;
        while (at < sql.length() && (isPartOfName(sql.charAt(at)) || sql.charAt(at) == '$')) {
            at++;
        }
        String word = sql.substring(start, at);
        shown.append(word);
        if (at < sql.length()
                && sql.charAt(at) == '\''
                && (word.equalsIgnoreCase("q") || word.equalsIgnoreCase("nq"))) {
            // Oracle's q'[ ... ]', which may hold quotes.
            int open = at + 1;
            String close = open < sql.length() ? closing(sql.charAt(open)) + "'" : "";
            int end = close.isEmpty() ? -1 : sql.indexOf(close, open + 1);
            shown.append(MASK);
            at = end < 0 ? sql.length() : end + close.length();
        }
    }

    private static char closing(char opening) {
        return switch (opening) {
            case '[' -> ']';
            case '{' -> '}';
            case '(' -> ')';
            case '<' -> '>';
            default -> opening;
        };
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isPartOfName(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }
}
