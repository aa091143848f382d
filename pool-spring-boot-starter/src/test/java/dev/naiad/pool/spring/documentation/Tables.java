/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import java.util.List;
import java.util.stream.Collectors;

/** Writes tables in Markdown. */
final class Tables {

    private Tables() {}

    static String table(List<String> head, List<List<String>> rows) {
        return row(head) + "|" + "---|".repeat(head.size()) + "\n"
                + rows.stream().map(Tables::row).collect(Collectors.joining());
    }

    private static String row(List<String> cells) {
        return cells.stream()
                .map(cell -> cell.isEmpty() ? " |" : " " + cell.replace("|", "\\|") + " |")
                .collect(Collectors.joining("", "|", "\n"));
    }

    static String code(Object text) {
        return "`" + text + "`";
    }
}
