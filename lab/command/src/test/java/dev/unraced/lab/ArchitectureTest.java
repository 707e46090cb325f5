// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.unraced.remote.RemoteControl;

/** Tests the dependencies between modules: every module may use the contract, and none may use a driver. */
@AnalyzeClasses(packages = "dev.unraced", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] CONTRACT = {
        "dev.unraced.event..",
        "dev.unraced.capture..",
        "dev.unraced.driver..",
        "dev.unraced.selection..",
        "dev.unraced.config..",
        "dev.unraced.names..",
        "dev.unraced.flow..",
        "dev.unraced.process..",
        "dev.unraced.recording..",
        "dev.unraced.linux.."
    };
    /** The packages of {@code driver-support}. */
    private static final String[] SUPPORT = {
        "dev.unraced.ring..",
        "dev.unraced.stash..",
        "dev.unraced.natives..",
        "dev.unraced.machine..",
        "dev.unraced.settings..",
        "dev.unraced.users.."
    };

    private static final String EBPF = "dev.unraced.ebpf..";
    private static final String SIM = "dev.unraced.sim..";
    private static final String GVISOR = "dev.unraced.gvisor..";
    /** The package by which the command speaks to sandboxes. */
    private static final String GVISOR_SESSION = "dev.unraced.gvisor.session..";

    /** The laboratory, which the product does not know. */
    private static final String[] LABORATORY = {
        "dev.unraced.lab..",
        "dev.unraced.explorer..",
        "dev.unraced.sizing..",
        "dev.unraced.hunt..",
        "dev.unraced.report..",
        "dev.unraced.mutants..",
        "dev.unraced.benchmarks..",
        "dev.unraced.site.."
    };

    private static final String FORMAT = "dev.unraced.format..";
    private static final String PROTOCOL = "dev.unraced.protocol..";
    private static final String SERVER = "dev.unraced.server..";
    private static final String SINKS = "dev.unraced.server.sink..";
    private static final String KAFKA = "dev.unraced.kafka..";
    private static final String FILE = "dev.unraced.file..";
    private static final String OTLP = "dev.unraced.otlp..";
    private static final String KMOD = "dev.unraced.kmod..";
    private static final String REMOTE = "dev.unraced.remote..";
    private static final String CRI = "dev.unraced.cri..";
    private static final String REPLAY = "dev.unraced.replay..";
    private static final String CLI = "dev.unraced.cli..";
    private static final String CONFORMANCE = "dev.unraced.conformance..";
    private static final String MUTANTS = "dev.unraced.mutants..";
    private static final String REPORT = "dev.unraced.report..";
    private static final String HUNT = "dev.unraced.hunt..";

    @ArchTest
    static final ArchRule THE_CONTRACT_KNOWS_NOBODY = noClasses()
            .that()
            .resideInAnyPackage(CONTRACT)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..").and(not(resideInAnyPackage(CONTRACT))));

    @ArchTest
    static final ArchRule FORMATS_KNOW_ONLY_EVENTS = noClasses()
            .that()
            .resideInAPackage(FORMAT)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(
                            FORMAT, "dev.unraced.event..", "dev.unraced.linux..", "dev.unraced.process.."))));

    @ArchTest
    static final ArchRule SUPPORT_KNOWS_ONLY_THE_CONTRACT = noClasses()
            .that()
            .resideInAnyPackage(SUPPORT)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAnyPackage(SUPPORT))));

    /** The packages for agents, operators and authors of sinks need no part of a driver. */
    @ArchTest
    static final ArchRule CONSUMERS_NEED_NO_SUPPORT = noClasses()
            .that()
            .resideInAnyPackage(PROTOCOL, FILE, KAFKA, OTLP, SINKS, CRI)
            .should()
            .dependOnClassesThat(resideInAnyPackage(SUPPORT));

    /** The command needs the loader of native parts alone, for the launcher of {@code unraced run}. */
    @ArchTest
    static final ArchRule THE_COMMAND_NEEDS_ONLY_THE_LOADER = noClasses()
            .that()
            .resideInAPackage(CLI)
            .should()
            .dependOnClassesThat(resideInAnyPackage(SUPPORT).and(not(resideInAPackage("dev.unraced.natives.."))));

    @ArchTest
    static final ArchRule A_DRIVER_KNOWS_ONLY_CONTRACT_AND_SUPPORT = noClasses()
            .that()
            .resideInAPackage(EBPF)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAnyPackage(SUPPORT)))
                    .and(not(resideInAPackage(EBPF))));

    @ArchTest
    static final ArchRule THE_DRIVER_OF_THE_MODULE_KNOWS_ONLY_CONTRACT_AND_SUPPORT = noClasses()
            .that()
            .resideInAPackage(KMOD)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAnyPackage(SUPPORT)))
                    .and(not(resideInAPackage(KMOD))));

    @ArchTest
    static final ArchRule THE_SIMULATOR_KNOWS_ONLY_CONTRACT_AND_SUPPORT = noClasses()
            .that()
            .resideInAPackage(SIM)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAnyPackage(SUPPORT)))
                    .and(not(resideInAPackage(SIM))));

    @ArchTest
    static final ArchRule THE_GVISOR_DRIVER_KNOWS_ONLY_CONTRACT_AND_SUPPORT = noClasses()
            .that()
            .resideInAPackage(GVISOR)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAnyPackage(SUPPORT)))
                    .and(not(resideInAPackage(GVISOR))));

    @ArchTest
    static final ArchRule THE_REMOTE_DRIVER_KNOWS_ONLY_CONTRACT_AND_SUPPORT = noClasses()
            .that()
            .resideInAPackage(REMOTE)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAnyPackage(SUPPORT)))
                    .and(not(resideInAnyPackage(PROTOCOL, REMOTE))));

    @ArchTest
    static final ArchRule THE_PROTOCOL_KNOWS_ONLY_THE_CONTRACT = noClasses()
            .that()
            .resideInAPackage(PROTOCOL)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAPackage(PROTOCOL))));

    @ArchTest
    static final ArchRule THE_SERVER_KNOWS_NO_DRIVER = noClasses()
            .that()
            .resideInAPackage(SERVER)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAnyPackage(SUPPORT)))
                    .and(not(resideInAnyPackage(PROTOCOL, SERVER))));

    @ArchTest
    static final ArchRule THE_INTERFACE_OF_SINKS_KNOWS_ONLY_THE_CONTRACT = noClasses()
            .that()
            .resideInAPackage(SINKS)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAPackage(SINKS))));

    @ArchTest
    static final ArchRule A_SINK_KNOWS_NEITHER_A_DRIVER_NOR_THE_INSIDE_OF_THE_SERVER = noClasses()
            .that()
            .resideInAnyPackage(FILE, KAFKA, OTLP)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAnyPackage(FORMAT, PROTOCOL, SINKS, FILE, KAFKA, OTLP))));

    @ArchTest
    static final ArchRule NOBODY_KNOWS_A_SINK = noClasses()
            .that()
            .resideOutsideOfPackages(FILE, KAFKA, OTLP)
            .should()
            .dependOnClassesThat(resideInAnyPackage(FILE, KAFKA, OTLP));

    @ArchTest
    static final ArchRule NO_SINK_KNOWS_ANOTHER =
            slices().matching("dev.unraced.(file|kafka|otlp)..").should().notDependOnEachOther();

    /**
     * The names of containers are an exception, since a runtime tells them by gRPC. Netty, which gRPC's jar has, is no
     * gRPC: the command serves its pages with it.
     */
    @ArchTest
    static final ArchRule ONLY_SERVER_AND_CLIENT_SPEAK_GRPC = noClasses()
            .that()
            .resideOutsideOfPackages(PROTOCOL, SERVER, REMOTE, CRI)
            .and()
            .resideInAPackage("dev.unraced..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.grpc..").and(not(resideInAPackage("io.grpc.netty.shaded.."))));

    @ArchTest
    static final ArchRule NAMES_OF_CONTAINERS_KNOW_ONLY_THE_CONTRACT = noClasses()
            .that()
            .resideInAPackage(CRI)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAPackage(CRI))));

    /** An agent that keeps a table of processes without these names loads no gRPC. */
    @ArchTest
    static final ArchRule NOBODY_KNOWS_WHERE_NAMES_OF_CONTAINERS_COME_FROM =
            noClasses().that().resideOutsideOfPackage(CRI).should().dependOnClassesThat(resideInAPackage(CRI));

    @ArchTest
    static final ArchRule THE_REPLAY_KNOWS_ONLY_THE_CONTRACT = noClasses()
            .that()
            .resideInAPackage(REPLAY)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAnyPackage(SUPPORT)))
                    .and(not(resideInAPackage(REPLAY))));

    /** The loader of native parts is an exception, for the kit's actor. */
    @ArchTest
    static final ArchRule THE_KIT_KNOWS_ONLY_THE_CONTRACT = noClasses()
            .that()
            .resideInAPackage(CONFORMANCE)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAPackage("dev.unraced.natives..")))
                    .and(not(resideInAPackage(CONFORMANCE))));

    @ArchTest
    static final ArchRule THE_KIT_DOES_NOT_KNOW_RECORDINGS = noClasses()
            .that()
            .resideInAPackage(CONFORMANCE)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced.recording.."));

    /** The classes for sandboxes' sessions and for a running server are exceptions. */
    @ArchTest
    static final ArchRule THE_COMMAND_KNOWS_DRIVERS_BY_NAME_ONLY = noClasses()
            .that()
            .resideInAPackage(CLI)
            .should()
            .dependOnClassesThat(resideInAnyPackage(EBPF, KMOD, SIM, GVISOR, REMOTE, REPLAY)
                    .and(not(resideInAPackage(GVISOR_SESSION)))
                    .and(not(type(RemoteControl.class))));

    @ArchTest
    static final ArchRule ONLY_ITS_OWN_SUBCOMMANDS_LOAD_THE_KIT = noClasses()
            .that()
            .resideInAPackage("dev.unraced.cli..")
            .and()
            .resideOutsideOfPackage("dev.unraced.cli.conformance..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(CONFORMANCE, "org.junit.."));

    @ArchTest
    static final ArchRule THE_COMMAND_OF_THE_KIT_LOADS_THE_KIT_ONLY_FOR_A_RUN = noClasses()
            .that()
            .haveSimpleName("ConformanceCommand")
            .should()
            .dependOnClassesThat(resideInAnyPackage(CONFORMANCE, "org.junit.."));

    @ArchTest
    static final ArchRule THE_COMMANDS_HAVE_NO_CIRCLES =
            slices().matching("dev.unraced.cli.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule A_COMMAND_DOES_NOT_KNOW_THE_WHOLE = noClasses()
            .that()
            .resideInAPackage("dev.unraced.cli.*..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced.cli"));

    @ArchTest
    static final ArchRule THE_PRODUCT_KNOWS_NO_LABORATORY = noClasses()
            .that()
            .resideInAPackage("dev.unraced..")
            .and()
            .resideOutsideOfPackages(LABORATORY)
            .should()
            .dependOnClassesThat(resideInAnyPackage(LABORATORY));

    @ArchTest
    static final ArchRule THE_REPORT_KNOWS_ONLY_THE_EXPLORER = noClasses()
            .that()
            .resideInAPackage(REPORT)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAPackage("dev.unraced.explorer..")))
                    .and(not(resideInAPackage(REPORT))));

    @ArchTest
    static final ArchRule THE_HUNT_KNOWS_ONLY_CONTRACT_AND_SUPPORT = noClasses()
            .that()
            .resideInAPackage(HUNT)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAnyPackage(SUPPORT)))
                    .and(not(resideInAPackage(HUNT))));

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_MUTANTS =
            noClasses().that().resideOutsideOfPackage(MUTANTS).should().dependOnClassesThat(resideInAPackage(MUTANTS));

    @ArchTest
    static final ArchRule MUTANTS_KNOW_THE_SIMULATOR_AND_THE_KIT = noClasses()
            .that()
            .resideInAPackage(MUTANTS)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced..")
                    .and(not(resideInAnyPackage(CONTRACT)))
                    .and(not(resideInAnyPackage(SUPPORT)))
                    .and(not(resideInAnyPackage(MUTANTS, CONFORMANCE, SIM))));

    @ArchTest
    static final ArchRule NATIVE_CALLS_STAY_IN_DRIVERS_AND_THE_SERVER = noClasses()
            .that()
            .resideOutsideOfPackages(EBPF, GVISOR, SERVER, "dev.unraced.natives..")
            .and()
            .resideInAPackage("dev.unraced..")
            .should()
            .dependOnClassesThat(resideInAPackage("com.sun.jna.."));
}
