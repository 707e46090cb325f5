// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.conformance.AttackResult.Status;
import dev.unraced.driver.Capabilities;
import dev.unraced.event.Capability;
import dev.unraced.event.Mitigation;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/** Real attacks, each of which knows from its own descriptors what the kernel did. */
public final class AttackCorpus {
    private static final List<Attack> ALL =
            Stream.of(FlipCorpus.all(), OddCorpus.all()).flatMap(List::stream).toList();

    private AttackCorpus() {}

    /** All attacks, in the order in which they are shown. */
    public static List<Attack> all() {
        return ALL;
    }

    /** The attack of a name. */
    public static Optional<Attack> named(String name) {
        return ALL.stream().filter(attack -> attack.name().equals(name)).findFirst();
    }

    /** The release of the kernel that a driver's actor lives on. */
    public static String kernel(DriverUnderTest under) {
        try (Actor actor = under.actor()) {
            return actor.ask(Command.of("ready")).text("release");
        }
    }

    /**
     * Attacks a driver's live capture.
     *
     * @param calls how many calls to make; attacks whose calls are slow make fewer
     * @param progress told the number of calls made up to now, from time to time
     */
    public static AttackResult run(
            DriverUnderTest under, Attack attack, Mitigation mode, int calls, LongConsumer progress) {
        Capabilities capabilities = under.driver().capabilities();
        Optional<Capability> lacking = Stream.concat(Stream.of(mode), attack.needs().stream())
                .filter(needed -> !capabilities.has(needed))
                .findFirst();
        if (lacking.isPresent()) {
            return AttackResult.notRun(
                    attack,
                    mode,
                    Status.NOT_DECLARED,
                    lacking.get().name() + ": " + capabilities.reason(lacking.get()));
        }
        AttackTally tally = new AttackTally();
        try {
            play(under, attack, mode, attack.calls(calls), tally, progress);
            return AttackResult.of(attack, mode, tally);
        } catch (ActorException e) {
            return AttackResult.notRun(
                    attack, mode, Status.IMPOSSIBLE, e.unsupported().orElseThrow(() -> e));
        } catch (AssertionError e) {
            return new AttackResult(attack, mode, Status.BROKEN, tally.counts(), String.valueOf(e.getMessage()));
        }
    }

    private static void play(
            DriverUnderTest under,
            Attack attack,
            Mitigation mode,
            int calls,
            AttackTally tally,
            LongConsumer progress) {
        try (Scenario scenario = new Scenario.Setup(under)
                .scope(attack.scope())
                .mitigation(mode)
                .attack()
                .open()) {
            attack.play().on(new AttackField(scenario, calls, tally, progress));
        }
    }
}
