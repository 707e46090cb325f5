// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.event.Capability;
import dev.unraced.event.Syscall;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A real attack on whoever observes calls. Immutable. */
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
     * An attack.
     *
     * @param needs the capabilities without which a driver does not see the calls at all
     * @param scope whose calls have to be watched
     * @param most how many calls make sense: those that need a conversation each are slow
     * @param race whether somebody works against each call while it runs
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
     * The same attack as one of several that a name stands for.
     *
     * @param broken the rule that a driver breaks which does not stand it
     */
    Attack of(String common, String broken) {
        return new Attack(name, title, needs, scope, most, race, play, common, broken, settings);
    }

    /** The same attack on a capture that is configured in another way. */
    Attack on(Consumer<CaptureConfigBuilder> configured) {
        return new Attack(name, title, needs, scope, most, race, play, family, rule, configured);
    }

    /** What an attack does on a field: makes the calls, and has each judged. */
    @FunctionalInterface
    interface Play {
        void on(AttackField field);
    }

    /** As a user selects it; that of the simulated attack where there is one. */
    public String name() {
        return name;
    }

    /** Whether a name selects it: its own, or that of the attacks of which it is one. */
    public boolean isNamed(String wanted) {
        return name.equals(wanted) || family.equals(wanted);
    }

    /** The name that it shares with its variants; its own when it has none. */
    public String family() {
        return family;
    }

    /** The rule that is about this attack alone; null when it is one of those that all rules of arguments are about. */
    public @Nullable String rule() {
        return rule;
    }

    /** Whether its capture is to be configured in a way of its own. */
    boolean isAlone() {
        return settings != null;
    }

    /** What it does, in a few words. */
    public String title() {
        return title;
    }

    /** Whether somebody works against each of its calls while that runs. */
    public boolean isRace() {
        return race;
    }

    /** Whether its calls are connects; opens, if not. */
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

    Scope scope() {
        return scope;
    }

    int calls(int wanted) {
        return Math.min(wanted, most);
    }

    Play play() {
        return play;
    }
}
