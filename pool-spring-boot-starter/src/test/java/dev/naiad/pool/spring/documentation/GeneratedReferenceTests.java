/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.spring.Applications;
import dev.naiad.pool.spring.metrics.MeterNames;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The parts of the documentation that are made from the code are what the code makes of them now. To write them anew run this class
 * with {@code -Dnaiad.write}.
 */
class GeneratedReferenceTests {

    private static final boolean WRITE = System.getProperty("naiad.write") != null;

    @Test
    void settings() throws IOException {
        SettingsReference reference = new SettingsReference();
        String file = "settings.md";
        check(file, "settings of a pool", reference.ofAPool());
        check(file, "settings in code only", reference.inCodeOnly());
        check(file, "settings of the starter", reference.ofTheStarter());
    }

    @Test
    void metricsAndEvents() throws Exception {
        String file = "metrics-and-events.md";
        try (var context = Applications.run(Applications.withDatabase(
                "naiad.metrics.hikari-names=true",
                "naiad.metrics.open-telemetry-names=true",
                "naiad.metrics.timers=wait,open,hold,reset"))) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            check(file, "meters", SignalsReference.meters(context, registry, MeterNames.NAIAD));
            check(file, "meters of HikariCP", SignalsReference.meters(context, registry, MeterNames.HIKARI));
            check(
                    file,
                    "meters of OpenTelemetry",
                    SignalsReference.meters(context, registry, MeterNames.OPEN_TELEMETRY));
        }
        check(file, "reasons", SignalsReference.reasons());
        check(file, "events", SignalsReference.events());
        check(file, "flight recorder", SignalsReference.flightRecorder());
        check(file, "JMX", SignalsReference.management());
    }

    private static void check(String name, String section, String expected) throws IOException {
        Path file = Documentation.ROOT.resolve("docs").resolve(name);
        String begin = "<!-- generated: " + section + " -->\n\n";
        String end = "<!-- end -->\n";
        String text = Files.readString(file);
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf(end, from);
        assertThat(text).contains(begin);
        assertThat(to).isPositive();
        if (WRITE) {
            Files.writeString(file, text.substring(0, from) + expected + "\n" + text.substring(to));
        } else {
            assertThat(text.substring(from, to))
                    .as("'%s' in %s; -Dnaiad.write writes it anew", section, name)
                    .isEqualTo(expected + "\n");
        }
    }
}
