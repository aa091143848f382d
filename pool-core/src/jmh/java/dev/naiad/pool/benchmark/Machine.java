/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the figures were measured on. */
final class Machine {

    private Machine() {}

    static String describe() {
        Runtime runtime = Runtime.getRuntime();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return "JDK " + Runtime.version() + " (" + System.getProperty("java.vm.name") + "), "
                + runtime.availableProcessors() + " processors" + model() + ", "
                + Math.round(system.getTotalMemorySize() / 1e9) + " GB, " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch");
    }

    private static String model() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> " (" + line.substring(line.indexOf(':') + 1).strip() + ")")
                    .orElse("");
        } catch (IOException e) {
            return ""; // only Linux tells it this way
        }
    }
}
