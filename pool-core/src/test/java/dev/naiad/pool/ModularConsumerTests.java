/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A program that is a module itself, compiled and run against the pool's. */
class ModularConsumerTests {

    private static final Map<String, String> PROGRAM = Map.of("module-info.java", """
            module shop {
                requires dev.naiad.pool;
            }
            """, "shop/Main.java", """
            package shop;

            import dev.naiad.pool.NaiadDataSource;
            import dev.naiad.pool.diagnose.Verdict;
            import dev.naiad.pool.dialect.Dialect;
            import java.sql.Connection;
            import java.sql.DriverManager;
            import java.sql.ResultSet;
            import java.sql.Statement;

            public class Main {
                public static void main(String[] arguments) throws Exception {
                    try (NaiadDataSource pool = NaiadDataSource.builder()
                                    .url("jdbc:h2:mem:modular")
                                    .dialect(Dialect.ofProduct("H2"))
                                    .build();
                            Connection connection = pool.getConnection();
                            Connection managed = DriverManager.getConnection("jdbc:naiad:jdbc:h2:mem:modular");
                            Statement statement = managed.createStatement();
                            ResultSet rows = statement.executeQuery("select 1")) {
                        Verdict verdict = pool.report().diagnosis().verdict();
                        System.out.println(pool.getClass().getModule() + " " + rows.next() + " " + verdict);
                    }
                }
            }
            """);

    @TempDir
    Path directory;

    private static String modulePath(Class<?>... types) {
        return Stream.of(types).map(ModularConsumerTests::placeOf).collect(Collectors.joining(File.pathSeparator));
    }

    private static String placeOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private String compile(String name, String text) throws Exception {
        Path sources = directory.resolve("sources");
        for (String file : PROGRAM.keySet()) {
            Path path = sources.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.equals(name) ? text : PROGRAM.get(file));
        }
        StringWriter said = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
        compiler.getTask(
                        said,
                        files,
                        null,
                        List.of(
                                "--release",
                                "17",
                                "--module-path",
                                modulePath(Pool.class, LoggerFactory.class),
                                "-d",
                                directory.resolve("shop").toString()),
                        null,
                        files.getJavaFileObjectsFromPaths(
                                PROGRAM.keySet().stream().map(sources::resolve).toList()))
                .call();
        return said.toString();
    }

    @Test
    void compilesAndRunsOnTheModulePath() throws Exception {
        assertThat(compile("", "")).isEmpty();

        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--module-path",
                        directory.resolve("shop")
                                + File.pathSeparator
                                + modulePath(Pool.class, LoggerFactory.class, org.h2.Driver.class),
                        "--add-modules",
                        "com.h2database",
                        "--module",
                        "shop/shop.Main")
                .redirectErrorStream(true)
                .start();
        String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(said).contains("module dev.naiad.pool true HEALTHY");
        assertThat(program.exitValue()).isZero();
    }

    @Test
    void whatIsInsideStaysInside() throws Exception {
        String intruder = PROGRAM.get("shop/Main.java")
                .replace(
                        "import dev.naiad.pool.dialect.Dialect;",
                        "import dev.naiad.pool.dialect.Dialect;\n" + "import dev.naiad.pool.queue.SlotQueue;");

        assertThat(compile("shop/Main.java", intruder)).contains("dev.naiad.pool.queue");
    }
}
