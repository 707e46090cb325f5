// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;

/** The simulated kernel does not depend on its observers. */
@AnalyzeClasses(packages = "dev.unraced.sim", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "dev.unraced.sim";

    @ArchTest
    static final ArchRule FILES_STAND_ALONE = onlyOurs("fs");

    @ArchTest
    static final ArchRule SOCKETS_STAND_ALONE = onlyOurs("net");

    @ArchTest
    static final ArchRule THE_KERNEL_DOES_NOT_KNOW_ITS_OBSERVER = onlyOurs("kernel", "fs", "net");

    @ArchTest
    static final ArchRule THE_OBSERVER_KNOWS_THE_KERNEL = onlyOurs("trace", "fs", "net", "kernel");

    @ArchTest
    static final ArchRule THE_ACTOR_DOES_NOT_KNOW_THE_OBSERVER = onlyOurs("actor", "fs", "net", "kernel");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule RUNS_ANYWHERE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.sun.jna..", "sun..", "jdk.internal..", "dev.unraced.ebpf..");

    @ArchTest
    static final ArchRule THE_SIMULATED_KERNEL_ASKS_NO_CLOCK_BUT_ITS_OWN = noClasses()
            .that()
            .resideInAnyPackage(inside("kernel"), inside("fs"), inside("net"), inside("trace"), inside("actor"))
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    private static ArchRule onlyOurs(String part, String... others) {
        String[] allowed = Stream.concat(Stream.of(part), Stream.of(others))
                .map(ArchitectureTest::inside)
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(inside(part))
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..")
                        .or(resideInAnyPackage(allowed))
                        .and(resideOutsideOfPackage("dev.unraced.conformance..")));
    }

    private static String inside(String part) {
        return ROOT + "." + part + "..";
    }

    @ArchTest
    static final ArchRule THE_KIT_IS_FOR_TESTS =
            noClasses().should().dependOnClassesThat(resideInAPackage("dev.unraced.conformance.."));
}
