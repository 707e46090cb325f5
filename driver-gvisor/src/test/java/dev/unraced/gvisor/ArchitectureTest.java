// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The driver depends on the contract, and on no other driver. */
@AnalyzeClasses(packages = "dev.unraced.gvisor", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule KNOWS_THE_CONTRACT_ALONE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.unraced.ebpf..",
                    "dev.unraced.kmod..",
                    "dev.unraced.protocol..",
                    "dev.unraced.remote..",
                    "dev.unraced.server..",
                    "dev.unraced.sim..",
                    "dev.unraced.cli..",
                    "dev.unraced.conformance..");

    @ArchTest
    static final ArchRule SESSIONS_KNOW_NOTHING_OF_CAPTURES = noClasses()
            .that()
            .resideInAPackage("dev.unraced.gvisor.session..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.unraced.gvisor");

    @ArchTest
    static final ArchRule PROTOBUF_READS_HANDSHAKES_ALONE = noClasses()
            .that()
            .resideOutsideOfPackage("dev.unraced.gvisor.wire..")
            .and()
            .doNotHaveFullyQualifiedName("dev.unraced.gvisor.Link")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.unraced.gvisor.wire..", "com.google.protobuf..");
}
