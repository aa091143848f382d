/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.diagnose.Verdict;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever the pool says, the guide for exhausted pools knows what to do. */
class VerdictGuideTests {

    @Test
    void everyVerdictHasASection() {
        List<String> verdicts = Arrays.stream(Verdict.values()).map(Enum::name).toList();

        assertThat(Documentation.headings(Documentation.ROOT.resolve("docs/pool-exhausted.md")))
                .filteredOn(heading -> heading.matches("[A-Z_]+"))
                .containsExactlyInAnyOrderElementsOf(verdicts);
    }
}
