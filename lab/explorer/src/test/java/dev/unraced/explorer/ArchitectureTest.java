// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The searches do not depend on the worlds that they search. */
@AnalyzeClasses(packages = "dev.unraced.explorer", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule SEARCHES_KNOW_ONLY_WORLDS = noClasses()
            .that()
            .resideInAPackage("dev.unraced.explorer")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unraced.explorer.attack..")
                    .or(resideInAPackage("dev.unraced.sim.kernel.."))
                    .or(resideInAPackage("dev.unraced.sim.trace..")));
}
