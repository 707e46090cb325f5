// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Tests the dependencies of the server and among its packages. */
@AnalyzeClasses(packages = "dev.unraced.server", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule THE_SERVER_KNOWS_NO_DRIVER = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.unraced.ebpf..",
                    "dev.unraced.kmod..",
                    "dev.unraced.gvisor..",
                    "dev.unraced.remote..",
                    "dev.unraced.sim..",
                    "dev.unraced.file..",
                    "dev.unraced.kafka..",
                    "dev.unraced.otlp..",
                    "dev.unraced.conformance..",
                    "dev.unraced.cli..");

    @ArchTest
    static final ArchRule THE_PARTS_DO_NOT_KNOW_THE_WHOLE = noClasses()
            .that()
            .resideOutsideOfPackage("dev.unraced.server")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.unraced.server");

    @ArchTest
    static final ArchRule THE_PARTS_HAVE_NO_CIRCLES =
            slices().matching("dev.unraced.server.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule THE_INTERFACE_OF_SINKS_NEEDS_NO_GRPC = noClasses()
            .that()
            .resideInAPackage("dev.unraced.server.sink..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.grpc..", "com.google.protobuf..", "dev.unraced.protocol..");
}
