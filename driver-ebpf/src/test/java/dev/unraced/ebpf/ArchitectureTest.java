// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The driver depends on the contract, and what calls the library depends on no other part of the driver. */
@AnalyzeClasses(packages = "dev.unraced.ebpf", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule KNOWS_THE_CONTRACT_ALONE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.unraced.kmod..",
                    "dev.unraced.gvisor..",
                    "dev.unraced.protocol..",
                    "dev.unraced.remote..",
                    "dev.unraced.replay..",
                    "dev.unraced.server..",
                    "dev.unraced.sim..",
                    "dev.unraced.cli..",
                    "dev.unraced.conformance..");

    @ArchTest
    static final ArchRule THE_LIBRARY_KNOWS_NO_CAPTURES = noClasses()
            .that()
            .resideInAPackage("dev.unraced.ebpf.libbpf..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.unraced.ebpf", "dev.unraced.capture..", "dev.unraced.config..", "dev.unraced.ring..");
}
