// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between modules: everything may know the contract, nothing may know a driver. */
@AnalyzeClasses(packages = "dev.unraced", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] CONTRACT = {
        "dev.unraced.event..",
        "dev.unraced.stash..",
        "dev.unraced.driver..",
        "dev.unraced.config..",
        "dev.unraced.ring.."
    };
    private static final String EBPF = "dev.unraced.ebpf..";
    private static final String CLI = "dev.unraced.cli..";
    private static final String CONFORMANCE = "dev.unraced.conformance..";

    @ArchTest
    static final ArchRule THE_CONTRACT_KNOWS_NOBODY = noClasses()
            .that()
            .resideInAnyPackage(CONTRACT)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..").and(not(resideInAnyPackage(CONTRACT))));

    @ArchTest
    static final ArchRule A_DRIVER_KNOWS_ONLY_THE_CONTRACT = noClasses()
            .that()
            .resideInAPackage(EBPF)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAPackage(EBPF))));

    @ArchTest
    static final ArchRule THE_KIT_KNOWS_ONLY_THE_CONTRACT = noClasses()
            .that()
            .resideInAPackage(CONFORMANCE)
            .should()
            .dependOnClassesThat(resideInAnyPackage(EBPF, CLI));

    @ArchTest
    static final ArchRule THE_COMMAND_KNOWS_DRIVERS_BY_NAME_ONLY =
            noClasses().that().resideInAPackage(CLI).should().dependOnClassesThat(resideInAPackage(EBPF));

    @ArchTest
    static final ArchRule ONLY_ONE_SUBCOMMAND_LOADS_THE_KIT = noClasses()
            .that()
            .resideInAPackage("dev.unraced.cli..")
            .and()
            .resideOutsideOfPackage("dev.unraced.cli.conformance..")
            .and()
            .doNotHaveSimpleName("ConformanceRun")
            .should()
            .dependOnClassesThat(resideInAnyPackage(CONFORMANCE, "org.junit.."));

    @ArchTest
    static final ArchRule NATIVE_CALLS_STAY_IN_DRIVERS = noClasses()
            .that()
            .resideOutsideOfPackage(EBPF)
            .and()
            .resideInAPackage("dev.unraced..")
            .should()
            .dependOnClassesThat(resideInAPackage("com.sun.jna.."));
}
