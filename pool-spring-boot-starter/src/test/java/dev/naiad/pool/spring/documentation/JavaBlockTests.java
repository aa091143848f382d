/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.util.JavacTask;
import dev.naiad.pool.spring.documentation.Documentation.Block;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All Java in the documentation compiles. A block is the content of a class, or else that of a method. It knows the classes that earlier
 * blocks of its page declare and the names of {@link Surroundings}, and what it does not import itself is imported for it.
 */
class JavaBlockTests {

    private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;\\n");
    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\\s*\\n(.*?)}</pre>", Pattern.DOTALL);
    private static final String SURROUNDINGS = Surroundings.class.getName();
    private static final String HEAD = """
            package documented;
            import dev.naiad.pool.*;
            import dev.naiad.pool.diagnose.*;
            import dev.naiad.pool.dialect.*;
            import dev.naiad.pool.driver.*;
            import dev.naiad.pool.intercept.*;
            import dev.naiad.pool.spring.autoconfigure.*;
            import dev.naiad.pool.spring.event.*;
            import dev.naiad.pool.testing.*;
            import java.sql.*;
            import java.time.Duration;
            import java.util.*;
            import javax.sql.DataSource;
            import org.jspecify.annotations.Nullable;
            import org.junit.jupiter.api.Test;
            import org.junit.jupiter.api.extension.RegisterExtension;
            import org.springframework.beans.factory.annotation.*;
            import org.springframework.boot.test.context.TestConfiguration;
            import org.springframework.context.annotation.*;
            import org.springframework.context.event.EventListener;
            import org.springframework.stereotype.*;
            import org.springframework.transaction.annotation.Transactional;
            import static org.assertj.core.api.Assertions.*;
            %s
            abstract class %s extends %s {
            """;

    private static final List<UnaryOperator<String>> FORMS =
            List.of(text -> text + "}\n", text -> "void example() throws Exception {\n" + text + "}\n}\n");

    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

    @Test
    void everyBlockCompiles(@TempDir Path directory) throws IOException {
        List<Source> sources = new ArrayList<>();
        Map<Path, String> latest = new HashMap<>();
        for (Block block : Documentation.blocks("java").toList()) {
            String name = "Block" + sources.size();
            String before = latest.getOrDefault(block.file(), SURROUNDINGS);
            sources.add(source(block.toString(), name, before, block.text()));
            latest.put(block.file(), name);
        }
        assertThat(sources).hasSizeGreaterThan(5);
        assertThat(errors(sources, directory)).isEmpty();
    }

    @Test
    void everyExampleInTheJavadocCompiles(@TempDir Path directory) throws IOException {
        List<Source> sources = new ArrayList<>();
        for (String module : List.of("pool-core", "pool-spring-boot-starter")) {
            try (var files = Files.walk(Documentation.ROOT.resolve(module).resolve("src/main"))) {
                for (Path file : files.filter(file -> file.toString().matches(".*\\.(java|html)"))
                        .toList()) {
                    for (String example : examples(file)) {
                        String name = Documentation.ROOT.relativize(file).toString();
                        sources.add(source(name, "Example" + sources.size(), SURROUNDINGS, example));
                    }
                }
            }
        }
        assertThat(sources).hasSizeGreaterThan(3);
        assertThat(errors(sources, directory)).isEmpty();
    }

    private static List<String> examples(Path file) throws IOException {
        return EXAMPLE.matcher(Files.readString(file))
                .results()
                .map(found -> found.group(1).replaceAll("(?m)^ *\\* ?", ""))
                .toList();
    }

    private Source source(String place, String name, String parent, String text) throws IOException {
        String imports =
                IMPORT.matcher(text).results().map(found -> found.group()).collect(Collectors.joining());
        String head = HEAD.formatted(imports, name, parent);
        String body = IMPORT.matcher(text).replaceAll("");
        for (UnaryOperator<String> form : FORMS) {
            Source source = new Source(place, name, head + form.apply(body));
            DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
            ((JavacTask) compiler.getTask(null, null, found, List.of("-proc:none"), null, List.of(source))).parse();
            if (found.getDiagnostics().isEmpty()) {
                return source;
            }
        }
        return new Source(place, name, head + FORMS.get(1).apply(body)); // the compiler will say what is wrong
    }

    private List<String> errors(List<Source> sources, Path directory) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Map<String, String> places = sources.stream().collect(Collectors.toMap(Source::getName, Source::place));
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> options = List.of(
                "--release", "17", "-proc:none", "-parameters", "-d", directory.toString(), "-classpath", classPath);
        compiler.getTask(null, null, found, options, null, sources).call();
        return found.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(diagnostic -> diagnostic.getSource() == null
                        ? diagnostic.getMessage(null)
                        : places.get(diagnostic.getSource().getName()) + ": " + diagnostic.getMessage(null) + " in: "
                                + lineOf(diagnostic))
                .toList();
    }

    private static String lineOf(Diagnostic<? extends JavaFileObject> diagnostic) {
        Source source = (Source) diagnostic.getSource();
        return source.text
                .lines()
                .skip(diagnostic.getLineNumber() - 1)
                .findFirst()
                .orElse("");
    }

    @Test
    void aMistakeIsFound(@TempDir Path directory) throws IOException {
        String text = HEAD.formatted("", "Mistake", SURROUNDINGS) + "int x = \"\";\n}\n";
        List<Source> sources = List.of(new Source("here", "Mistake", text));
        assertThat(errors(sources, directory))
                .singleElement()
                .asString()
                .startsWith("here: ")
                .contains("int x");
    }

    private static final class Source extends SimpleJavaFileObject {

        private final String place;
        private final String text;

        Source(String place, String name, String text) {
            super(URI.create("string:///documented/" + name + ".java"), Kind.SOURCE);
            this.place = place;
            this.text = text;
        }

        String place() {
            return place;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
