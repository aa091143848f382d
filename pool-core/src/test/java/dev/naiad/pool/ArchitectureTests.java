/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.sql.DriverManager;

@AnalyzeClasses(packages = "dev.naiad.pool", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("dev.naiad.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theQueueKnowsNothingOfJdbc = classes()
            .that()
            .resideInAPackage("dev.naiad.pool.queue")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.naiad.pool.queue", "java.lang..", "java.util..", "org.jspecify..");

    @ArchTest
    static final ArchRule theDelegatesKnowNothingOfThePool = classes()
            .that()
            .resideInAPackage("dev.naiad.pool.jdbc")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.naiad.pool.jdbc", "dev.naiad.pool.intercept", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule interceptorsSeeNothingButJdbc = classes()
            .that()
            .resideInAPackage("dev.naiad.pool.intercept")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.naiad.pool.intercept", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule theManagedDriverUsesThePoolLikeAnybody = classes()
            .that()
            .resideInAPackage("dev.naiad.pool.driver")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.naiad.pool", "dev.naiad.pool.driver", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule nobodyNeedsTheManagedDriver = noClasses()
            .that()
            .resideOutsideOfPackage("dev.naiad.pool.driver")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.naiad.pool.driver");

    @ArchTest
    static final ArchRule theCoreNeedsSlf4jOnly = classes()
            .that()
            .resideOutsideOfPackage("dev.naiad.pool.testing")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.naiad..",
                    "java..",
                    "javax.management..",
                    "javax.sql..",
                    "jdk.jfr..",
                    "org.slf4j..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule theFlightRecorderCanBeMissing = noClasses()
            .that()
            .resideOutsideOfPackage("dev.naiad.pool.jfr")
            .and()
            .doNotHaveSimpleName("FlightRecorder")
            .and()
            .doNotHaveSimpleName("FlightRecorderPresence")
            .and()
            .doNotHaveSimpleName("LoanRecorder")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jdk.jfr..", "dev.naiad.pool.jfr");

    @ArchTest
    static final ArchRule whatIsForTestsUsesThePoolLikeAnybody = classes()
            .that()
            .resideInAPackage("dev.naiad.pool.testing")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.naiad.pool",
                    "dev.naiad.pool.testing",
                    "java..",
                    "javax.sql..",
                    "org.jspecify..",
                    "org.junit.jupiter.api.extension..",
                    "org.apiguardian.api..");

    @ArchTest
    static final ArchRule managementCanBeMissing = noClasses()
            .that()
            .doNotHaveSimpleName("MbeanRegistration")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("javax.management..", "java.lang.management..");

    @ArchTest
    static final ArchRule noMethodIsSynchronized = methods().should().notHaveModifier(JavaModifier.SYNCHRONIZED);

    @ArchTest
    static final ArchRule noJvmWideSettingsAreRead = noClasses()
            .should()
            .callMethod(System.class, "getProperty", String.class)
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .callMethod(Thread.class, "yield")
            .orShould()
            .callMethod(DriverManager.class, "setLoginTimeout", int.class);

    @ArchTest
    static final ArchRule nobodyPrints = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
}
