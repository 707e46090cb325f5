// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.conformance.ConformanceSuite;
import dev.unraced.driver.ActorHost;
import dev.unraced.driver.Driver;
import dev.unraced.gvisor.SandboxActorHost.Sandboxes;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Runs every rule again, with the actor in sandboxes of a user without any privilege. It takes minutes and differs in
 * the sandboxes alone, so it runs only on the oldest Java; those of root run on all.
 */
@EnabledForJreRange(max = JRE.JAVA_17)
class RootlessConformanceTest extends ConformanceSuite {
    private static final int NOBODY = 65_534;
    private static final List<String> RUNSC = List.of("runsc", "--network=none", "--ignore-cgroups", "--rootless");

    private final SandboxActorHost host = new SandboxActorHost(
            System.getProperty("user.name").equals("root")
                    ? new Sandboxes(
                            RUNSC,
                            List.of(
                                    "setpriv",
                                    "--reuid=" + NOBODY,
                                    "--regid=" + NOBODY,
                                    "--clear-groups",
                                    "env",
                                    "HOME=/tmp"),
                            NOBODY)
                    : new Sandboxes(RUNSC, List.of(), 0));

    @Override
    public Driver driver() {
        return new GvisorDriver();
    }

    @Override
    public Optional<ActorHost> actorHost() {
        return Optional.of(host);
    }

    /** GvisorConformanceTest plays the attacks in full, and to them the sandbox is the same. */
    @Override
    public double intensity() {
        return 0.25;
    }
}
