/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What tests have measured: {@code target/reliability.txt}, from which {@code docs/reliability.md} is written. */
final class Figures {

    private static final Path FILE = Path.of("target", "reliability.txt");

    private Figures() {}

    static void note(String what, Object... values) {
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(
                    FILE,
                    "JDK " + Runtime.version().feature() + ": " + String.format(what, values) + System.lineSeparator(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
