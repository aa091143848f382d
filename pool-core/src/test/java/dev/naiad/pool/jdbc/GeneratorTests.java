/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GeneratorTests {

    private static final Path ROOT = Path.of(System.getProperty("basedir", "."));

    @Test
    void writesTheSameBytesEachTime(@TempDir Path directory) throws Exception {
        Map<String, String> inThisBuild = sources(ROOT.resolve("target/generated-sources/delegates"));

        generate(directory);

        assertThat(sources(directory)).hasSize(13).isEqualTo(inThisBuild);
        assertThat(inThisBuild.values())
                .allSatisfy(source -> assertThat(source.lines())
                        .allMatch(line -> line.length() <= 120)
                        .noneMatch(line -> line.matches(".*\\barg\\d+\\b.*")));
    }

    private static void generate(Path directory) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        ROOT.resolve("src/generator/java/DelegateGenerator.java")
                                .toString(),
                        directory.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
    }

    private static Map<String, String> sources(Path directory) throws IOException {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                sources.put(directory.relativize(file).toString(), Files.readString(file));
            }
        }
        return sources;
    }

    @ParameterizedTest
    @MethodSource
    void coversEveryMethodAlsoDefaultOnes(Class<?> written, Class<?> api) throws NoSuchMethodException {
        for (Method method : api.getMethods()) {
            Method found = written.getMethod(method.getName(), method.getParameterTypes());
            boolean newer = method.isDefault() && Runtime.version().feature() > 17;
            if (!newer) {
                assertThat(found.getDeclaringClass().isInterface())
                        .as("%s", method)
                        .isFalse();
            }
        }
    }

    static Stream<Arguments> coversEveryMethodAlsoDefaultOnes() {
        return Stream.of(
                Arguments.of(TestConnection.class, Connection.class),
                Arguments.of(DelegatingStatement.class, Statement.class),
                Arguments.of(DelegatingPreparedStatement.class, PreparedStatement.class),
                Arguments.of(DelegatingCallableStatement.class, CallableStatement.class),
                Arguments.of(InterceptedStatement.class, Statement.class),
                Arguments.of(InterceptedPreparedStatement.class, PreparedStatement.class),
                Arguments.of(InterceptedCallableStatement.class, CallableStatement.class),
                Arguments.of(DelegatingResultSet.class, ResultSet.class),
                Arguments.of(DelegatingDatabaseMetaData.class, DatabaseMetaData.class),
                Arguments.of(DelegatingArray.class, Array.class),
                Arguments.of(ClosedConnection.class, Connection.class),
                Arguments.of(ClosedStatement.class, CallableStatement.class),
                Arguments.of(ClosedResultSet.class, ResultSet.class));
    }
}
