/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each block of code says what it is written in, so that none escapes the test for its language. */
class CodeBlockTests {

    /** Text is what a program prints; the others have tests. */
    private static final Set<String> LANGUAGES =
            Set.of("java", "json", "mermaid", "properties", "shell", "text", "xml", "yaml");

    @Test
    void everyBlockHasAKnownLanguage() {
        assertThat(Documentation.blocks())
                .isNotEmpty()
                .allSatisfy(block -> assertThat(LANGUAGES).as("%s", block).contains(block.language()));
    }

    @Test
    void textHasNoCommands() {
        assertThat(Documentation.blocks("text"))
                .isNotEmpty()
                .allSatisfy(block -> assertThat(block.text())
                        .as("%s", block)
                        .doesNotContainPattern("(?m)^\\s*(\\$ )?(curl|\\./mvnw|mvn|export|kubectl|docker|psql|jcmd) "));
    }
}
