// SPDX-License-Identifier: Apache-2.0
package dev.unraced;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.unraced.capture.Capture;
import dev.unraced.process.EventProcess;
import dev.unraced.process.ProcessSnapshot;
import dev.unraced.process.ProcessTable;
import dev.unraced.selection.Drivers;
import java.util.stream.Stream;

/**
 * Checks that dependencies point one way: selection to driver, driver to capture, flow and recording to capture,
 * capture to process and config, each of them to event, event to no package of this library. Two ways lead back: from a
 * capture to the choice of its driver, and from an event to its process.
 */
@AnalyzeClasses(packages = "dev.unraced", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "dev.unraced";

    @ArchTest
    static final ArchRule LINUX_DEPENDS_ON_NOTHING_OF_OURS = onlyOurs("linux");

    /** The way from an event to the process behind it leads back: whoever reads an event asks for its process first. */
    private static final DescribedPredicate<JavaClass> PROCESS_OF_AN_EVENT =
            belongToAnyOf(ProcessTable.class, EventProcess.class, ProcessSnapshot.class);

    @ArchTest
    static final ArchRule EVENT_DEPENDS_ON_NUMBERS_AND_ITS_PROCESS = classes()
            .that()
            .resideInAPackage(inside("event"))
            .should()
            .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..")
                    .or(resideInAnyPackage(inside("event"), inside("linux")))
                    .or(PROCESS_OF_AN_EVENT));

    /** Readers of events load neither the writer of records nor the check of foreign bytes. */
    @ArchTest
    static final ArchRule EVENTS_DO_NOT_KNOW_HOW_RECORDS_ARE_WRITTEN = noClasses()
            .that()
            .resideInAPackage("dev.unraced.event")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(inside("event.record"));

    @ArchTest
    static final ArchRule NAMES_DEPEND_ON_NOTHING_OF_OURS = onlyOurs("names");

    @ArchTest
    static final ArchRule CONFIG_DEPENDS_ON_EVENT_NUMBERS_AND_NAMES_ONLY =
            onlyOurs("config", "event", "linux", "names");

    @ArchTest
    static final ArchRule RECORDING_DOES_NOT_KNOW_CONFIGURATION = onlyOurs("recording", "capture", "event", "linux");

    // The configuration says whether the node's runtime is asked for names of containers.
    @ArchTest
    static final ArchRule PROCESSES_ARE_READ_FROM_EVENTS = onlyOurs("process", "event", "config");

    // Drivers and the command may depend on recordings; the code that all drivers share need not know them.
    @ArchTest
    static final ArchRule NOTHING_HERE_DEPENDS_ON_RECORDINGS = noClasses()
            .that()
            .resideOutsideOfPackage(inside("recording"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(inside("recording"));

    // Flow is a way to consume events, for consumers with a Reactive Streams library.
    @ArchTest
    static final ArchRule FLOW_KNOWS_CAPTURES_AND_EVENTS = onlyOurs("flow", "capture", "event");

    @ArchTest
    static final ArchRule NOTHING_HERE_DEPENDS_ON_FLOW = noClasses()
            .that()
            .resideOutsideOfPackage(inside("flow"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(inside("flow"));

    // An application begins at Capture.open, which is the one way from captures to the choice of a driver.
    @ArchTest
    static final ArchRule CAPTURE_KNOWS_CONFIGURATION_AND_EVENTS = classes()
            .that()
            .resideInAPackage(inside("capture"))
            .should()
            .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..")
                    .or(resideInAnyPackage(
                            inside("capture"), inside("config"), inside("event"), inside("linux"), inside("process")))
                    .or(equivalentTo(Drivers.class)));

    @ArchTest
    static final ArchRule DRIVER_DOES_NOT_KNOW_HOW_IT_IS_CHOSEN =
            onlyOurs("driver", "capture", "config", "event", "linux");

    @ArchTest
    static final ArchRule NO_CYCLES = slices().matching("dev.unraced.(*)..")
            .should()
            .beFreeOfCycles()
            .ignoreDependency(Capture.class, Drivers.class)
            .ignoreDependency(resideInAPackage(inside("event")), PROCESS_OF_AN_EVENT);

    @ArchTest
    static final ArchRule NOTHING_NATIVE_AND_NO_CONCRETE_DRIVER =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("com.sun.jna..", "dev.unraced.ebpf..");

    @ArchTest
    static final ArchRule GUICE_STAYS_WITH_DRIVERS = noClasses()
            .that()
            .resideOutsideOfPackages("dev.unraced.driver", "dev.unraced.selection")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.google.inject..");

    private static ArchRule onlyOurs(String part, String... others) {
        String[] allowed = Stream.concat(Stream.of(part), Stream.of(others))
                .map(ArchitectureTest::inside)
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(inside(part))
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..").or(resideInAnyPackage(allowed)))
                .allowEmptyShould(true);
    }

    private static String inside(String part) {
        return ROOT + "." + part + "..";
    }
}
