// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import java.util.ArrayList;
import java.util.List;

/**
 * A small program for several threads and processes, as the acting program reads it. Immutable.
 *
 * @param head lines about the whole: its seed, and the sockets that processes share
 * @param rounds number of times that each actor runs its ops
 * @param actors its actors
 */
record Program(List<String> head, int rounds, List<Actor> actors) {
    static final int MAX_ACTORS = 12;

    /**
     * One thread.
     *
     * @param line its properties
     * @param ops its ops, which it runs in order, again and again
     */
    record Actor(String line, List<String> ops) {
        Actor {
            ops = List.copyOf(ops);
        }
    }

    Program {
        head = List.copyOf(head);
        actors = List.copyOf(actors);
    }

    /** Reads a program that {@link #text} wrote. */
    static Program parse(String text) {
        List<String> head = new ArrayList<>();
        List<Actor> actors = new ArrayList<>();
        List<String> ops = new ArrayList<>();
        String actor = "";
        int rounds = 1;
        for (String raw : text.split("\n", 0)) {
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("rounds ")) {
                rounds = Integer.parseInt(line.substring("rounds ".length()).strip());
            } else if (line.startsWith("actor")) {
                if (!actor.isEmpty()) {
                    actors.add(new Actor(actor, ops));
                }
                actor = line;
                ops = new ArrayList<>();
            } else if (actor.isEmpty()) {
                head.add(line);
            } else {
                ops.add(line);
            }
        }
        if (actor.isEmpty()) {
            throw new HuntException("The program has no actor.");
        }
        actors.add(new Actor(actor, ops));
        return new Program(head, rounds, actors);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        head.forEach(line -> text.append(line).append('\n'));
        text.append("rounds ").append(rounds).append('\n');
        for (Actor actor : actors) {
            text.append(actor.line()).append('\n');
            actor.ops().forEach(op -> text.append("  ").append(op).append('\n'));
        }
        return text.toString();
    }

    Program withRounds(int count) {
        return new Program(head, count, actors);
    }

    /** Returns this program without one actor. */
    Program withoutActor(int index) {
        List<Actor> rest = new ArrayList<>(actors);
        rest.remove(index);
        return new Program(head, rounds, rest);
    }

    /** Returns this program with other ops of one actor. */
    Program withOps(int index, List<String> ops) {
        List<Actor> changed = new ArrayList<>(actors);
        changed.set(index, new Actor(actors.get(index).line(), ops));
        return new Program(head, rounds, changed);
    }
}
