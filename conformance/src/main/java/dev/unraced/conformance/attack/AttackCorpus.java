// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import dev.unraced.capture.Capabilities;
import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.attack.AttackResult.Status;
import dev.unraced.conformance.scenario.Evidence;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.event.Capability;
import dev.unraced.event.Mitigation;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/** The real attacks, each of which knows from its own descriptors what the kernel did. */
public final class AttackCorpus {
    private static final List<Attack> ALL = Stream.of(
                    FlipCorpus.all(),
                    NonRaceAttacks.all(),
                    BatchCorpus.all(),
                    SocketCorpus.all(),
                    RefusedCorpus.all(),
                    MovedCorpus.all(),
                    VisitCorpus.all(),
                    LateCorpus.all(),
                    StartCorpus.all(),
                    ExecCorpus.all())
            .flatMap(List::stream)
            .toList();

    private AttackCorpus() {}

    /** Returns all attacks, in the order in which they are shown. */
    public static List<Attack> all() {
        return ALL;
    }

    /** Returns the attack of a name. */
    public static Optional<Attack> named(String name) {
        return ALL.stream().filter(attack -> attack.name().equals(name)).findFirst();
    }

    /** Returns the attacks that a name selects: one, or several variants. */
    public static List<Attack> selected(String name) {
        return ALL.stream().filter(attack -> attack.isNamed(name)).toList();
    }

    /** Returns the kernel release of the place where a driver's actor runs. */
    public static String kernel(DriverUnderTest under) {
        try (Actor actor = under.actor()) {
            return actor.ask(Command.of("ready")).text("release");
        }
    }

    /**
     * Attacks a driver's live capture. When the kit's own part fails, the result says so, and other attacks can follow.
     *
     * @param calls the number of calls to make; attacks whose calls are slow make fewer
     * @param progress receives the number of calls made up to now, from time to time
     */
    public static AttackResult run(
            DriverUnderTest under, Attack attack, Mitigation mode, int calls, LongConsumer progress) {
        Capabilities capabilities = under.driver().capabilities();
        Optional<AttackResult> refused = refused(capabilities, attack, mode);
        if (refused.isPresent()) {
            return refused.get();
        }
        try {
            return run(new Scenario.Setup(under, new Evidence(), capabilities), attack, mode, calls, progress);
        } catch (ActorException e) {
            return AttackResult.notRun(attack, mode, Status.ERROR, String.valueOf(e.getMessage()));
        }
    }

    /**
     * As {@link #run(DriverUnderTest, Attack, Mitigation, int, LongConsumer)}, of an attack that is not
     * {@linkplain #refused refused}.
     *
     * @param setup a fresh setup, which gets the attack's settings
     * @throws ActorException when the kit's own part fails, which says nothing of the driver
     */
    public static AttackResult run(
            Scenario.Setup setup, Attack attack, Mitigation mode, int calls, LongConsumer progress) {
        Scenario.Setup configured = setup.scope(attack.scope())
                .mitigation(mode)
                .with(attack::configure)
                .attack();
        AttackResult result = null;
        try (Scenario scenario = configured.open()) {
            result = play(scenario, attack, mode, calls, progress);
        } catch (AssertionError e) {
            return AttackResult.broken(attack, mode, result == null ? AttackCounts.NONE : result.counts(), e);
        }
        return result;
    }

    /** Returns the result of an attack that a driver declares not to see; empty when it sees it. */
    public static Optional<AttackResult> refused(Capabilities capabilities, Attack attack, Mitigation mode) {
        return Stream.concat(Stream.<Capability>of(mode), attack.needs().stream())
                .filter(needed -> !capabilities.has(needed))
                .findFirst()
                .map(lack -> AttackResult.notRun(
                        attack,
                        mode,
                        Status.NOT_DECLARED,
                        Capabilities.describe(lack) + ": "
                                + capabilities.reason(lack).orElseThrow()));
    }

    /**
     * Plays an attack in a scenario, which other attacks may have used.
     *
     * @throws ActorException when the kit's own part fails, which says nothing of the driver
     */
    public static AttackResult play(
            Scenario scenario, Attack attack, Mitigation mode, int calls, LongConsumer progress) {
        AttackField field = new AttackField(scenario, attack, calls, progress);
        try {
            attack.play().on(field);
            return AttackResult.of(attack, mode, field.tally());
        } catch (ActorException e) {
            return e.unsupported()
                    .map(reason -> AttackResult.notRun(attack, mode, Status.IMPOSSIBLE, reason))
                    .orElseThrow(() -> e);
        } catch (AssertionError e) {
            return AttackResult.broken(attack, mode, field.tally().counts(), e);
        }
    }
}
