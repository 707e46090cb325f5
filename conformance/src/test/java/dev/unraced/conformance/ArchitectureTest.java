// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

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

/** Checks that dependencies point one way: from mutants and suite to rules and attacks, to scenarios, to the actor. */
@AnalyzeClasses(packages = "dev.unraced.conformance", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "dev.unraced.conformance";

    @ArchTest
    static final ArchRule THE_ACTOR_STANDS_ALONE = onlyOurs("actor");

    @ArchTest
    static final ArchRule NUMBERS_AND_VIOLATIONS_STAND_ALONE = onlyOurs("spec");

    @ArchTest
    static final ArchRule THE_SUBJECT_HAS_ACTORS = onlyOurs("subject", "actor");

    @ArchTest
    static final ArchRule FIXTURES_ARE_THE_ACTORS = onlyOurs("fixture", "actor");

    @ArchTest
    static final ArchRule SCENARIOS_KNOW_NO_RULES = onlyOurs("scenario", "spec", "fixture", "subject", "actor");

    @ArchTest
    static final ArchRule SCRIPTS_KNOW_NO_RULES = onlyOurs("script", "scenario", "fixture", "subject", "actor");

    @ArchTest
    static final ArchRule ENTRY_POINTS_KNOW_NO_RULES =
            onlyOurs("entrypoint", "scenario", "fixture", "subject", "actor");

    @ArchTest
    static final ArchRule ATTACKS_KNOW_NO_RULES = onlyOurs("attack", "scenario", "spec", "fixture", "subject", "actor");

    @ArchTest
    static final ArchRule THE_HARNESS_KNOWS_NO_RULES = onlyOurs("harness", "scenario", "subject", "actor");

    @ArchTest
    static final ArchRule RULES_KNOW_NEITHER_THE_SUITE_NOR_ITS_REPORT =
            onlyOurs("rules", "harness", "attack", "entrypoint", "scenario", "spec", "fixture", "subject", "actor");

    @ArchTest
    static final ArchRule ONLY_MUTANTS_KNOW_MUTANTS = noClasses()
            .that()
            .resideOutsideOfPackage(inside("mutant"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(inside("mutant"));

    /** Each package is a slice of its own, also the root package. */
    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("dev.unraced.(**)").should().beFreeOfCycles();

    private static ArchRule onlyOurs(String part, String... others) {
        String[] allowed = Stream.concat(Stream.of(part), Stream.of(others))
                .map(ArchitectureTest::inside)
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
