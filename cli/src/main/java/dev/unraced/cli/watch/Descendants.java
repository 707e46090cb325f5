// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.event.ProcessView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The living processes that descend from some, and these themselves; an id stays until another process has it. */
final class Descendants {
    private final Set<Integer> roots;
    private final Set<Integer> found = new HashSet<>();
    /**
     * The processes that were there, by a parent that no event has told of yet: these events come in the order of ids,
     * and a child can have a lower one than its parent.
     */
    private final Map<Integer, List<Integer>> waiting = new HashMap<>();

    private final Map<Integer, Integer> parents = new HashMap<>();

    Descendants(Set<Integer> roots) {
        this.roots = roots;
    }

    boolean contains(int tgid) {
        return found.contains(tgid);
    }

    /** Takes one process event: at a fork it matters who forks, whatever becomes of those between. */
    void update(ProcessView event) {
        if (roots.isEmpty()) {
            return;
        }
        switch (event.type()) {
            case ALIVE -> alive(event.tgid(), event.parentTgid());
            case FORK -> {
                waiting.remove(event.tgid());
                parents.remove(event.tgid());
                if (found.contains(event.forkerTgid())) {
                    found.add(event.tgid());
                } else {
                    found.remove(event.tgid());
                }
            }
            case EXEC, EXEC_FAILED, EXIT -> {
                // An exec changes no descent, and events of the end may still come.
            }
        }
    }

    private void alive(int tgid, int parent) {
        if (!roots.contains(tgid) && !found.contains(parent)) {
            waiting.computeIfAbsent(parent, key -> new ArrayList<>()).add(tgid);
            parents.put(tgid, parent);
            return;
        }
        Deque<Integer> next = new ArrayDeque<>(List.of(tgid));
        while (!next.isEmpty()) {
            int one = next.remove();
            found.add(one);
            List<Integer> children = waiting.remove(one);
            for (int child : children == null ? List.<Integer>of() : children) {
                if (parents.remove(child, one)) {
                    next.add(child);
                }
            }
        }
    }
}
