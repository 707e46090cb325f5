// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.demo;

import dev.unraced.sim.SimKernel;
import java.util.List;
import java.util.Random;

/** Chooses the scenes. The same seed gives the same play. */
final class Play {
    private static final long MEAN_GAP_NANOS = 60_000_000;
    /** The number of scenes between two attacks, which takes a few seconds. */
    private static final int ATTACK_EVERY = 50;

    private static final int FIRST_ATTACK = 12;

    private final Random random;
    private final List<Runnable> scenes;
    private final Attacker attacker;
    private int played;

    Play(SimKernel kernel, long seed) {
        this.random = new Random(seed);
        SceneOperations operations = new SceneOperations(kernel, random);
        Files.make(kernel);
        attacker = new Attacker(operations);
        scenes = List.of(
                new Shell(operations)::command,
                new WebServer(operations)::request,
                new Compiler(operations)::compile,
                new Container(operations)::query,
                new Cron(operations)::job);
    }

    /**
     * Plays one scene.
     *
     * @return the nanoseconds to wait before the next scene
     */
    long next() {
        played++;
        if (played % ATTACK_EVERY == FIRST_ATTACK) {
            attacker.attack();
        } else {
            scenes.get(random.nextInt(scenes.size())).run();
        }
        return (long) (-Math.log(1 - random.nextDouble()) * MEAN_GAP_NANOS);
    }
}
