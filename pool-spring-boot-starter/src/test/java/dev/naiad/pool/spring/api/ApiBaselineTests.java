/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.Pool;
import dev.naiad.pool.spring.event.PoolApplicationEvent;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What users may depend on is what the baseline says, so that each change of it is seen in the change's diff. To accept one, run this
 * class with {@code -Dnaiad.write}.
 */
class ApiBaselineTests {

    private static final boolean WRITE = System.getProperty("naiad.write") != null;

    @Test
    void coreHasTheApiOfItsBaseline() throws IOException, URISyntaxException {
        Set<String> exported = ModuleFinder.of(Path.of(Pool.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI()))
                .find("dev.naiad.pool")
                .orElseThrow()
                .descriptor()
                .exports()
                .stream()
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toSet());
        assertThat(exported).contains("dev.naiad.pool").doesNotContain("dev.naiad.pool.queue", "dev.naiad.pool.jdbc");

        check(Path.of("../pool-core/api.txt"), ApiSignature.of(Pool.class, exported::contains));
    }

    @Test
    void starterHasTheApiOfItsBaseline() throws IOException {
        check(Path.of("api.txt"), ApiSignature.of(PoolApplicationEvent.class, name -> true));
    }

    private static void check(Path baseline, String present) throws IOException {
        if (WRITE) {
            Files.writeString(baseline, present);
        }
        assertThat(present.lines())
                .as("the API against %s; -Dnaiad.write accepts it as it is", baseline)
                .containsExactlyElementsOf(Files.readAllLines(baseline));
    }
}
