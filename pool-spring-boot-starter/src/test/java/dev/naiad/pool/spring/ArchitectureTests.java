/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.conditions.ArchConditions.beStatic;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.event.PoolEventPublisher;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;

class ArchitectureTests {

    private static final JavaClasses MAIN = new ClassFileImporter()
            .importUrl(PoolEventPublisher.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation());

    @Test
    void everythingIsBelowOnePackage() {
        assertThat(MAIN).isNotEmpty();
        classes().should().resideInAPackage("dev.naiad.pool.spring..").check(MAIN);
    }

    @Test
    void packagesAreFreeOfCycles() {
        slices().matching("dev.naiad.pool.spring.(**)")
                .should()
                .beFreeOfCycles()
                .check(MAIN);
    }

    @Test
    void autoConfigurationsArePublicAndFinalWithoutPublicMembers() {
        classes()
                .that()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .bePublic()
                .andShould()
                .haveModifier(JavaModifier.FINAL)
                .andShould(haveNoPublicMembers())
                .check(MAIN);
    }

    private static ArchCondition<JavaClass> haveNoPublicMembers() {
        return new ArchCondition<>("have no public members but the implicit constructor") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                Stream.concat(item.getMethods().stream(), item.getFields().stream())
                        .filter(member -> member.getModifiers().contains(JavaModifier.PUBLIC))
                        .forEach(member ->
                                events.add(SimpleConditionEvent.violated(member, member.getFullName() + " is public")));
                item.getConstructors().stream()
                        .filter(constructor ->
                                !constructor.getRawParameterTypes().isEmpty())
                        .forEach(constructor -> events.add(SimpleConditionEvent.violated(
                                constructor, constructor.getFullName() + " has parameters")));
            }
        };
    }

    @Test
    void configurationsInAutoConfigurationsDoWithoutProxies() {
        classes()
                .that()
                .areAnnotatedWith(Configuration.class)
                .should(new ArchCondition<>("set proxyBeanMethods to false") {
                    @Override
                    public void check(JavaClass item, ConditionEvents events) {
                        if (item.getAnnotationOfType(Configuration.class).proxyBeanMethods()) {
                            events.add(SimpleConditionEvent.violated(item, item.getName() + " has proxies"));
                        }
                    }
                })
                .check(MAIN);
    }

    @Test
    void postProcessorsAreMadeByStaticMethods() {
        methods()
                .that()
                .areAnnotatedWith(Bean.class)
                .and()
                .haveRawReturnType(assignableTo(BeanPostProcessor.class))
                .should(beStatic())
                .check(MAIN);
    }

    /** It may be wrapped, by Spring Boot itself for one. */
    @Test
    void nobodyHasTheDataSourceInjectedByItsClass() {
        methods()
                .that()
                .areAnnotatedWith(Bean.class)
                .should(notTakeNaiadDataSource())
                .check(MAIN);
        constructors()
                .that()
                .areDeclaredInClassesThat(managedBySpring())
                .should(notTakeNaiadDataSource())
                .check(MAIN);
        fields().that()
                .haveRawType(NaiadDataSource.class)
                .should()
                .notBeAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
                .allowEmptyShould(true)
                .check(MAIN);
    }

    private static DescribedPredicate<JavaClass> managedBySpring() {
        List<String> beans = MAIN.stream()
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.isAnnotatedWith(Bean.class))
                .map(method -> method.getRawReturnType().getName())
                .toList();
        return DescribedPredicate.describe("are beans", type -> beans.contains(type.getName()));
    }

    private static ArchCondition<JavaCodeUnit> notTakeNaiadDataSource() {
        return new ArchCondition<>("not take a NaiadDataSource") {
            @Override
            public void check(JavaCodeUnit item, ConditionEvents events) {
                if (item.getParameters().stream()
                        .anyMatch(parameter -> parameter.getType().getAllInvolvedRawTypes().stream()
                                .anyMatch(type -> type.isEquivalentTo(NaiadDataSource.class)))) {
                    events.add(SimpleConditionEvent.violated(item, item.getFullName() + " takes a NaiadDataSource"));
                }
            }
        };
    }

    @Test
    void everyFailureAnalyzerIsRegistered() {
        List<String> registered = SpringFactoriesLoader.forDefaultResourceLocation()
                .load(
                        FailureAnalyzer.class,
                        SpringFactoriesLoader.ArgumentResolver.of(Environment.class, new StandardEnvironment())
                                .and(BeanFactory.class, new DefaultListableBeanFactory()),
                        SpringFactoriesLoader.FailureHandler.logging(LogFactory.getLog(ArchitectureTests.class)))
                .stream()
                .map(analyzer -> analyzer.getClass().getName())
                .toList();
        assertThat(MAIN.stream()
                        .filter(type -> type.isAssignableTo(FailureAnalyzer.class))
                        .map(JavaClass::getName))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(registered).contains(name));
    }
}
