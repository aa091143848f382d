/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.NaiadDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

/** Hints as they come out of the processing of a context, so that their registration is covered, too. */
class NaiadRuntimeHintsTests {

    private static final RuntimeHints HINTS = process();

    private static RuntimeHints process() {
        DefaultGenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get(NaiadRuntimeHintsTests.class)), new InMemoryGeneratedFiles());
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.register(NaiadAutoConfiguration.class);
        new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        return generation.getRuntimeHints();
    }

    @Test
    void dataSourceCanBeMade() throws NoSuchMethodException {
        assertThat(RuntimeHintsPredicates.reflection().onConstructorInvocation(NaiadDataSource.class.getConstructor()))
                .accepts(HINTS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "getUrl",
                "setUrl",
                "getUsername",
                "setUsername",
                "getPassword",
                "setPassword",
                "getDriverClassName",
                "setDriverClassName"
            })
    void dataSourceCanBeGivenItsProperties(String method) {
        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(NaiadDataSource.class, method))
                .accepts(HINTS);
    }
}
