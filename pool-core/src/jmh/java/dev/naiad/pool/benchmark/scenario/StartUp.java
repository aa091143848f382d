/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark.scenario;

import dev.naiad.pool.benchmark.contender.Contender;
import dev.naiad.pool.benchmark.contender.PoolSpec;
import dev.naiad.pool.stub.StubDriver;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.sql.DataSource;

/** The time from nothing to the first connection, in a fresh JVM, and the size of what has to be shipped for it. */
final class StartUp implements Scenario.Program {

    @Override
    public void run(Contender contender, Scenario.Conditions conditions, Scenario.Output output) throws Exception {
        DriverManager.getConnection(StubDriver.url(0, 0)).close();
        long start = System.nanoTime();
        DataSource pool = contender.open(PoolSpec.stub(1));
        try (Connection connection = pool.getConnection()) {
            output.figure("", "startUp", (System.nanoTime() - start) / 1e6);
            connection.clearWarnings();
        }
        List<Class<?>> jars = contender.jars();
        output.figure("", "jar", kilobytes(jars.get(0)));
        output.figure("", "dependencies", jars.size() - 1);
        double all = 0;
        for (Class<?> jar : jars) {
            all += kilobytes(jar);
        }
        output.figure("", "jars", all);
    }

    private static double kilobytes(Class<?> type) throws Exception {
        Path origin =
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        return (Files.isDirectory(origin) ? zipped(origin) : Files.size(origin)) / 1000.0;
    }

    /** The size of the jar that the build makes of a directory of classes. */
    private static long zipped(Path directory) throws IOException {
        long[] bytes = {0};
        OutputStream counter = new OutputStream() {
            @Override
            public void write(int b) {
                bytes[0]++;
            }

            @Override
            public void write(byte[] buffer, int offset, int length) {
                bytes[0] += length;
            }
        };
        try (ZipOutputStream zip = new ZipOutputStream(counter);
                Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                zip.putNextEntry(new ZipEntry(directory.relativize(file).toString()));
                Files.copy(file, zip);
                zip.closeEntry();
            }
        }
        return bytes[0];
    }
}
