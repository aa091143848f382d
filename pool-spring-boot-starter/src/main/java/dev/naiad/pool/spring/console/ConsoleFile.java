/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.springframework.util.MimeType;

/** The files of the console. There are no others, so that no path leads anywhere else. */
enum ConsoleFile {
    INDEX("index.html"),
    STYLE("console.css"),
    ICON("icon.svg"),
    CONSOLE("console.js"),
    SOURCE("source.js"),
    DOM("dom.js"),
    TEXT("text.js"),
    CHART("chart.js"),
    PANELS("panels.js"),
    ACTIONS("actions.js");

    /** Where they are on the class path. */
    static final String FOLDER = "META-INF/naiad/console/";

    private final String fileName;

    ConsoleFile(String fileName) {
        this.fileName = fileName;
    }

    static Optional<ConsoleFile> named(String fileName) {
        return Arrays.stream(values())
                .filter(file -> file != INDEX && file.fileName.equals(fileName))
                .findFirst();
    }

    MimeType type() {
        String kind = fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return MimeType.valueOf(
                switch (kind) {
                    case "html" -> ConsoleEndpoint.HTML;
                    case "css" -> ConsoleEndpoint.CSS;
                    case "svg" -> ConsoleEndpoint.SVG;
                    default -> ConsoleEndpoint.JAVASCRIPT;
                });
    }

    byte[] content() {
        try (InputStream in = ConsoleFile.class.getClassLoader().getResourceAsStream(FOLDER + fileName)) {
            if (in == null) {
                throw new IllegalStateException(
                        "The console's file " + FOLDER + fileName + " is not on the class path.");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
