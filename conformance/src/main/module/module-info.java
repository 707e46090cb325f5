// SPDX-License-Identifier: Apache-2.0
/**
 * The rules that every driver keeps, as JUnit tests, and what runs them.
 *
 * @uses dev.unraced.conformance.mutant.MutantCatalogue drivers that are broken on purpose
 */
module dev.unraced.conformance {
    requires transitive dev.unraced.api;
    requires dev.unraced.support;
    requires java.xml;
    requires org.assertj.core;
    requires static org.jspecify;
    requires transitive org.junit.jupiter.api;
    requires org.junit.platform.engine;
    requires org.junit.platform.launcher;
    requires org.opentest4j;

    exports dev.unraced.conformance;
    exports dev.unraced.conformance.actor;
    exports dev.unraced.conformance.attack;
    exports dev.unraced.conformance.entrypoint;
    exports dev.unraced.conformance.fixture;
    exports dev.unraced.conformance.harness;
    exports dev.unraced.conformance.mutant;
    exports dev.unraced.conformance.rules;
    exports dev.unraced.conformance.scenario;
    exports dev.unraced.conformance.script;
    exports dev.unraced.conformance.spec;
    exports dev.unraced.conformance.subject;

    opens dev.unraced.conformance to
            org.junit.platform.commons;
    opens dev.unraced.conformance.harness to
            org.junit.platform.commons;
    opens dev.unraced.conformance.rules to
            org.junit.platform.commons;

    uses dev.unraced.conformance.mutant.MutantCatalogue;
}
