/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the sources of the core say of themselves. */
final class Javadoc {

    private static final Path CORE = Documentation.ROOT.resolve("pool-core/src/main/java");
    private static final Pattern COMMENT = Pattern.compile("/\\*\\*(.*?)\\*/\\s*([^;{/]*?[({;,\\s])", Pattern.DOTALL);
    private static final Pattern PARAMETER = Pattern.compile("@param (\\w+) ([^@]*)");
    private static final Pattern COUNTERPART = Pattern.compile("SQLAlchemy: (`[^`]+`)");

    private final String source;

    private Javadoc(String source) {
        this.source = source;
    }

    static Javadoc of(Class<?> type) {
        try {
            return new Javadoc(Files.readString(CORE.resolve(type.getName().replace('.', '/') + ".java")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The comment on what is declared with a text such as {@code "record Close("}. */
    String of(String declaration) {
        int place = source.indexOf(declaration);
        if (place < 0) {
            throw new AssertionError("There is no '" + declaration + "'");
        }
        int begin = source.lastIndexOf("/**", place);
        int end = source.indexOf("*/", begin);
        if (begin < 0 || source.substring(end, place).contains("}")) {
            throw new AssertionError("'" + declaration + "' has no comment");
        }
        return plain(source.substring(begin + 3, end));
    }

    String firstSentence(String declaration) {
        return firstSentenceOf(of(declaration));
    }

    /** The first counterpart that the comment names. */
    Optional<String> counterpart(String declaration) {
        Matcher found = COUNTERPART.matcher(of(declaration));
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }

    /** What the comment says of parameters. */
    Map<String, String> parameters(String declaration) {
        Map<String, String> parameters = new LinkedHashMap<>();
        Matcher found = PARAMETER.matcher(of(declaration));
        while (found.find()) {
            parameters.put(found.group(1), found.group(2).strip());
        }
        return parameters;
    }

    /** The first sentence of the comment on each constant, by name. */
    static Map<String, String> constants(Class<? extends Enum<?>> type) {
        Javadoc javadoc = of(type);
        Map<String, String> constants = new LinkedHashMap<>();
        Matcher comment = COMMENT.matcher(javadoc.source);
        while (comment.find()) {
            String declared = comment.group(2).replaceAll("[({;,\\s]", "");
            for (Enum<?> constant : type.getEnumConstants()) {
                if (constant.name().equals(declared)) {
                    constants.put(declared, firstSentenceOf(plain(comment.group(1))));
                }
            }
        }
        return constants;
    }

    private static String firstSentenceOf(String text) {
        return text.replaceAll("@param .*", "")
                .replaceFirst("(?s)(?<=[.;:]) .*", "")
                .replaceFirst("[.;:]\\s*$", "");
    }

    private static String plain(String comment) {
        return comment.replaceAll("(?m)^\\s*\\* ?", " ")
                .replaceAll("\\{@link(?:plain)?\\s+[^}\\s]+\\s+([^}]+)}", "$1")
                .replaceAll("\\{@(?:code|link|linkplain)\\s+#?([^}]+)}", "`$1`")
                .replaceAll("</?p>", "")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
