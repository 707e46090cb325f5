// SPDX-License-Identifier: Apache-2.0
package dev.unraced;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
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
import dev.unraced.capture.Capture;
import dev.unraced.config.EventFilters;
import dev.unraced.selection.Drivers;
import java.util.stream.Stream;

/** Checks what the packages for drivers know of the contract and of each other. */
@AnalyzeClasses(packages = "dev.unraced", importOptions = DoNotIncludeTests.class)
class SupportArchitectureTest {
    private static final String ROOT = "dev.unraced";

    // Every driver with a ring gets its capture from ring, so ring knows the SPI; the SPI does not know ring.
    @ArchTest
    static final ArchRule RING_KNOWS_CAPTURES = onlyOurs("ring", "capture", "event", "config");

    // A capture can change its filters.
    @ArchTest
    static final ArchRule RING_KNOWS_NO_CONFIGURATION_BUT_FILTERS = noClasses()
            .that()
            .resideInAPackage(inside("ring"))
            .should()
            .dependOnClassesThat(resideInAPackage(inside("config")).and(not(belongToAnyOf(EventFilters.class))));

    @ArchTest
    static final ArchRule STASH_KNOWS_STATISTICS_AND_EVENTS = onlyOurs("stash", "capture", "event");

    @ArchTest
    static final ArchRule SETTINGS_KNOW_CONFIGURATION = onlyOurs("settings", "config", "names");

    @ArchTest
    static final ArchRule NATIVES_KNOW_THE_MACHINE = onlyOurs("natives", "machine", "linux");

    @ArchTest
    static final ArchRule MACHINE_KNOWS_CALLS_ONLY = onlyOurs("machine", "event");

    @ArchTest
    static final ArchRule USERS_ARE_NAMED_BY_THE_C_LIBRARY = onlyOurs("users", "linux", "natives", "process");

    // The two ways back are in api, whose own test names them.
    @ArchTest
    static final ArchRule NO_CYCLES = slices().matching(ROOT + ".(*)..")
            .should()
            .beFreeOfCycles()
            .ignoreDependency(Capture.class, Drivers.class)
            .ignoreDependency(resideInAPackage(inside("event")), resideInAPackage(inside("process")));

    /** Drivers without JNA use the ring, the stash and the loader of native parts, so only one class may need it. */
    @ArchTest
    static final ArchRule ONLY_THE_C_LIBRARY_NEEDS_JNA = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.unraced.natives.LibC")
            .should()
            .dependOnClassesThat(resideInAPackage("com.sun.jna.."));

    private static ArchRule onlyOurs(String part, String... others) {
        String[] allowed = Stream.concat(Stream.of(part), Stream.of(others))
                .map(SupportArchitectureTest::inside)
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(inside(part))
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..").or(resideInAnyPackage(allowed)));
    }

    private static String inside(String part) {
        return ROOT + "." + part + "..";
    }
}
