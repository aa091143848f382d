/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.NaiadDataSource;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.util.TestPropertyValues;
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

    @ParameterizedTest
    @ValueSource(strings = {"setName", "setPoolSize", "setTimeout"})
    void propertiesOfADataSourceInCodeCanBeBound(String method) {
        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(OwnProperties.class, method))
                .accepts(HINTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"index.html", "console.js", "console.css", "icon.svg"})
    void filesOfTheConsoleAreThere(String file) {
        assertThat(RuntimeHintsPredicates.resource().forResource("META-INF/naiad/console/" + file))
                .accepts(HINTS);
    }

    @Test
    void namedPoolsArePartOfTheGeneratedContext() throws IOException {
        InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.register(NaiadAutoConfiguration.class);
        TestPropertyValues.of("naiad.pools.archive.url=jdbc:h2:mem:archive").applyTo(context);
        DefaultGenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get(NaiadRuntimeHintsTests.class)), files);
        new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        generation.writeGeneratedContent();

        StringBuilder sources = new StringBuilder();
        for (String file : files.getGeneratedFiles(GeneratedFiles.Kind.SOURCE).keySet()) {
            sources.append(files.getGeneratedFileContent(GeneratedFiles.Kind.SOURCE, file));
        }
        assertThat(sources)
                .contains("\"archiveDataSource\"")
                .contains("addQualifier(new AutowireCandidateQualifier(\"" + Qualifier.class.getName()
                        + "\", \"archive\"))")
                .contains("setDefaultCandidate(false)");
    }
}
