// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import dev.unraced.sim.trace.Precaution;
import dev.unraced.sim.trace.Seams;
import dev.unraced.stash.ArgStash;
import dev.unraced.stash.StashPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A way to deceive an observer: a few threads and their actions, in any order. Immutable. */
public final class Attack {
    /** A stash of this size has room for every call. */
    private static final int PLENTY = 128;

    private final String name;
    private final String title;
    private final String story;
    private final Staging staging;
    private final StashPolicy policy;
    private final int entries;
    private final boolean attachesLate;
    private final @Nullable Seams naive;

    /** Puts files, threads and their programs into a fresh setup. */
    @FunctionalInterface
    interface Staging {
        void stage(AttackSetup setup);
    }

    private Attack(
            String name,
            String title,
            String story,
            Staging staging,
            StashPolicy policy,
            int entries,
            boolean attachesLate,
            @Nullable Seams naive) {
        this.name = name;
        this.title = title;
        this.story = story;
        this.staging = staging;
        this.policy = policy;
        this.entries = entries;
        this.attachesLate = attachesLate;
        this.naive = naive;
    }

    static Attack of(String name, String title, String story, Staging staging) {
        return new Attack(name, title, story, staging, StashPolicy.HASH, PLENTY, false, null);
    }

    /** Sets a stash that can keep only this many calls. */
    Attack stash(StashPolicy smallPolicy, int smallEntries) {
        return new Attack(name, title, story, staging, smallPolicy, smallEntries, attachesLate, naive);
    }

    /** Lets the attack itself attach the observer. */
    Attack attachesLate() {
        return new Attack(name, title, story, staging, policy, entries, true, naive);
    }

    /** Tries the attack also on a stash without the defence that it is about. */
    Attack naive(UnaryOperator<ArgStash> stash) {
        return new Attack(name, title, story, staging, policy, entries, attachesLate, Seams.NONE.withStash(stash));
    }

    /** Tries the attack also on an observer without the precautions that it is about. */
    Attack naive(Precaution... careless) {
        Seams seams = Seams.NONE;
        for (Precaution precaution : careless) {
            seams = seams.without(precaution);
        }
        return new Attack(name, title, story, staging, policy, entries, attachesLate, seams);
    }

    /** The attack's short and unique name, of lower-case letters and dashes. */
    public String name() {
        return name;
    }

    /** The attack's effect, in one line. */
    public String title() {
        return title;
    }

    /** The attack's course, in some sentences. */
    public String story() {
        return story;
    }

    /** The observers that the attack is tried on. */
    public List<Mode> modes() {
        List<Mode> modes = new ArrayList<>(List.of(Mode.OFF, Mode.STASH, Mode.KERNEL));
        if (naive != null) {
            modes.add(Mode.NAIVE);
        }
        return List.copyOf(modes);
    }

    /** Supplies fresh worlds in which the attack can take its course. */
    Supplier<SimWorld> worlds(Mode mode) {
        return () -> stage(mode, false);
    }

    /** Supplies fresh worlds that also describe each step in words. */
    Supplier<SimWorld> describedWorlds(Mode mode) {
        return () -> stage(mode, true);
    }

    private SimWorld stage(Mode mode, boolean described) {
        Seams seams = mode == Mode.NAIVE ? naive : Seams.NONE;
        if (seams == null) {
            throw new IllegalArgumentException(name + " has no mode naive");
        }
        AttackSetup setup = new AttackSetup(mode.mitigation(), seams, policy, entries, described);
        if (!attachesLate) {
            setup.attach();
        }
        staging.stage(setup);
        return setup.world();
    }

    @Override
    public String toString() {
        return name;
    }
}
