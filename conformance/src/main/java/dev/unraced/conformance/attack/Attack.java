// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.event.Capability;
import dev.unraced.event.Syscall;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A real attack on drivers that observe calls. Immutable. */
public final class Attack {
    private final String name;
    private final String title;
    private final List<Capability> needs;
    private final Scope scope;
    private final int most;
    private final boolean race;
    private final Play play;
    private final String family;
    private final @Nullable String rule;
    private final @Nullable Consumer<CaptureConfigBuilder> settings;

    /**
     * Makes an attack.
     *
     * @param needs the capabilities without which a driver does not see the calls at all
     * @param scope the processes whose calls have to be watched
     * @param most the largest sensible number of calls; calls that need a conversation each are slow
     * @param race whether a thread or process works against each call while it runs
     */
    Attack(String name, String title, List<Capability> needs, Scope scope, int most, boolean race, Play play) {
        this(name, title, needs, scope, most, race, play, name, null, null);
    }

    private Attack(
            String name,
            String title,
            List<Capability> needs,
            Scope scope,
            int most,
            boolean race,
            Play play,
            String family,
            @Nullable String rule,
            @Nullable Consumer<CaptureConfigBuilder> settings) {
        this.name = name;
        this.title = title;
        this.needs = List.copyOf(needs);
        this.scope = scope;
        this.most = most;
        this.race = race;
        this.play = play;
        this.family = family;
        this.rule = rule;
        this.settings = settings;
    }

    /**
     * Returns the same attack as one of several that share a name.
     *
     * @param broken the rule that a driver breaks when the attack succeeds
     */
    Attack of(String common, String broken) {
        return new Attack(name, title, needs, scope, most, race, play, common, broken, settings);
    }

    /** Returns the same attack on a capture with other settings. */
    Attack on(Consumer<CaptureConfigBuilder> configured) {
        return new Attack(name, title, needs, scope, most, race, play, family, rule, configured);
    }

    /** The action of an attack on a field: it makes the calls, and has each judged. */
    @FunctionalInterface
    interface Play {
        void on(AttackField field);
    }

    /** Returns the name by which a user selects the attack; a simulated attack of the same kind has the same name. */
    public String name() {
        return name;
    }

    /** Returns whether a name selects this attack: its own, or the one that it shares with its variants. */
    public boolean isNamed(String wanted) {
        return name.equals(wanted) || family.equals(wanted);
    }

    /** Returns the name that the attack shares with its variants, or its own name when it has none. */
    public String family() {
        return family;
    }

    /**
     * Returns the rule that this attack alone tests, or null when it is one of those that the rules of arguments share.
     */
    public @Nullable String rule() {
        return rule;
    }

    /** Returns whether the attack needs a capture with settings of its own. */
    public boolean isAlone() {
        return settings != null;
    }

    /** Returns a description of a few words. */
    public String title() {
        return title;
    }

    /** Returns whether a thread or process works against each call while it runs. */
    public boolean isRace() {
        return race;
    }

    /** Returns whether the calls are connects rather than opens. */
    public boolean isConnect() {
        return needs.contains(Syscall.CONNECT);
    }

    void configure(CaptureConfigBuilder builder) {
        if (settings != null) {
            settings.accept(builder);
        }
    }

    List<Capability> needs() {
        return needs;
    }

    public Scope scope() {
        return scope;
    }

    int calls(int wanted) {
        return Math.min(wanted, most);
    }

    Play play() {
        return play;
    }
}
