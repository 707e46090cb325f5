// SPDX-License-Identifier: Apache-2.0
package org.example.modularkit;

import dev.unraced.conformance.ConformanceReport;
import dev.unraced.conformance.ConformanceRunner;
import dev.unraced.conformance.DiscoveredDriver;
import dev.unraced.conformance.RulePattern;
import dev.unraced.conformance.RuleResult.Status;
import dev.unraced.conformance.actor.Actor;
import dev.unraced.selection.Drivers;

/** Judges the simulated kernel by the rules about calls, and starts the kit's own actor on this machine. */
public final class ModularKit {
    private static final String SIMULATED = "sim";

    private ModularKit() {}

    public static void main(String[] args) {
        if (!ConformanceRunner.class.getModule().isNamed()) {
            throw new IllegalStateException("this is the class path");
        }
        ConformanceReport report = ConformanceRunner.run(
                DiscoveredDriver.of(Drivers.discover(), SIMULATED), RulePattern.of("R1.*,R10.1"), result -> {});
        System.out.print(report.toText());
        if (!report.isConformant() || report.count(Status.KEPT) == 0) {
            throw new IllegalStateException("a simulated kernel keeps these rules");
        }
        try (Actor actor = Actor.start()) {
            System.out.println("the actor is process " + actor.tgid());
        }
    }
}
