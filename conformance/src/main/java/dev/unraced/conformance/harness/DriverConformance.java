// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

import dev.unraced.capture.Capabilities;
import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.scenario.Evidence;
import dev.unraced.conformance.scenario.RestPatience;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.subject.DriverUnderTest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The base of all classes of rules. The driver comes from the test instance or one around it that is a
 * {@link DriverUnderTest}. Rules are final, and their names carry their numbers.
 */
@ExtendWith({Alone.Turns.class, RuleExtension.class, Deadline.class, DriverConformance.Finder.class})
@DisplayNameGeneration(RuleNames.class)
@TestMethodOrder(MethodOrderer.MethodName.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class DriverConformance {
    private final Evidence evidence = new Evidence();
    private @Nullable DriverUnderTest under;
    private @Nullable Capabilities capabilities;
    private @Nullable RestPatience patience;

    /** Only the kit's own classes extend this one. */
    protected DriverConformance() {}

    protected final DriverUnderTest under() {
        if (under == null) {
            throw new IllegalStateException("no driver yet");
        }
        return under;
    }

    /** Returns the driver's capabilities; the driver is asked once, since a remote one asks its server each time. */
    protected final Capabilities capabilities() {
        if (capabilities == null) {
            capabilities = under().driver().capabilities();
        }
        return capabilities;
    }

    /** Returns a number of calls scaled by the driver's intensity, and at least 1. */
    protected final int scaled(int full) {
        return Math.max(1, (int) (full * under().intensity()));
    }

    /**
     * Has the actor do what not every actor can.
     *
     * @throws NotPlayed when this one cannot
     */
    protected static Reply played(Scenario scenario, Command command) {
        try {
            return scenario.actor().ask(command);
        } catch (ActorException e) {
            throw new NotPlayed(e.unsupported().orElseThrow(() -> e));
        }
    }

    /** Returns a scenario whose events count as evidence. */
    protected final Scenario.Setup scenario() {
        Scenario.Setup setup = new Scenario.Setup(under(), evidence, capabilities());
        return patience == null ? setup : setup.patience(patience);
    }

    /** Returns the count of the events that the running rule has looked at. */
    protected final Evidence evidence() {
        return evidence;
    }

    /** Gives a class of rules its driver. */
    static final class Finder implements BeforeAllCallback {
        private static final ExtensionContext.Namespace STORE = ExtensionContext.Namespace.create(Finder.class);

        @Override
        public void beforeAll(ExtensionContext context) {
            if (context.getRequiredTestInstance() instanceof DriverConformance rules) {
                DriverUnderTest under = RuleExtension.find(context);
                rules.under = under;
                // The classes of rules share what the run has learnt about the driver.
                rules.patience = context.getRoot()
                        .getStore(STORE)
                        .getOrComputeIfAbsent(
                                List.of(under.driver().name(), under.patience()),
                                key -> new RestPatience(under.patience()),
                                RestPatience.class);
            }
        }
    }
}
