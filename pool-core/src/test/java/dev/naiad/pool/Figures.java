/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** What tests have measured: {@code target/reliability.txt}, from which {@code docs/reliability.md} is written. */
final class Figures {

    private static final Path FILE = Path.of("target", "reliability.txt");

    private Figures() {}

    static void note(String what, Object... values) {
        append("JDK " + Runtime.version().feature() + ": " + String.format(what, values) + System.lineSeparator());
    }

    /** Notes how often something happened in each second. */
    static void plot(String what, List<Integer> perSecond) {
        StringBuilder plot =
                new StringBuilder("JDK " + Runtime.version().feature() + ": " + what + System.lineSeparator());
        for (int second = 0; second < perSecond.size(); second++) {
            int count = perSecond.get(second);
            plot.append(String.format("%4d s %3d %s%n", second, count, "#".repeat(count)));
        }
        append(plot.toString());
    }

    private static void append(String text) {
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
