// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The driver depends on the contract, and on no other driver. */
@AnalyzeClasses(packages = "dev.unraced.kmod", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule KNOWS_THE_CONTRACT_ALONE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "com.sun.jna..",
                    "dev.unraced.ebpf..",
                    "dev.unraced.gvisor..",
                    "dev.unraced.protocol..",
                    "dev.unraced.remote..",
                    "dev.unraced.replay..",
                    "dev.unraced.server..",
                    "dev.unraced.sim..",
                    "dev.unraced.cli..",
                    "dev.unraced.conformance..");
}
