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

/**
 * The processes that descend from some, and these themselves. Each is known by its id and its start, since another
 * process can have the id later. Those that have ended are known for a while, because their last events may still come.
 */
final class Descendants {
    /** The ended processes that are known. */
    private static final int REMEMBERED = 4_096;

    /** The ids of those whose process no event has told of yet. */
    private final Set<Integer> roots;

    private final boolean isEmpty;
    /** The start of each process by its id. */
    private final Map<Integer, Long> found = new HashMap<>();

    private final Deque<Identity> ended = new ArrayDeque<>();
    /**
     * The processes that were there, by a parent that no event has told of yet: these events come in the order of ids,
     * and a child can have a lower one than its parent.
     */
    private final Map<Identity, List<Identity>> waiting = new HashMap<>();

    private final Map<Identity, Identity> parents = new HashMap<>();

    private record Identity(int tgid, long startNanos) {}

    Descendants(Set<Integer> roots) {
        this.roots = new HashSet<>(roots);
        this.isEmpty = roots.isEmpty();
    }

    boolean contains(int tgid, long startNanos) {
        Long start = found.get(tgid);
        return start != null && start == startNanos;
    }

    /** Returns the number of processes that are known, and of those that wait. */
    int size() {
        return found.size() + parents.size();
    }

    /** Returns the ids of which no event has told. */
    Set<Integer> unseen() {
        return Set.copyOf(roots);
    }

    /** Takes one process event: at a fork it matters who forks, whatever becomes of those between. */
    void update(ProcessView event) {
        if (isEmpty) {
            return;
        }
        Identity process = new Identity(event.tgid(), event.startNanos());
        switch (event.type()) {
            case ALIVE -> alive(process, new Identity(event.parentTgid(), event.parentStartNanos()));
            case FORK -> {
                Identity forker = new Identity(event.forkerTgid(), event.forkerStartNanos());
                beginAt(forker);
                if (beginAt(process) || contains(forker)) {
                    found.put(process.tgid, process.startNanos);
                } else {
                    found.remove(process.tgid);
                }
            }
            case EXIT -> exit(process);
            case EXEC, EXEC_FAILED -> beginAt(process);
        }
    }

    /**
     * Knows a process that was meant by its id if this is the first event that tells of it, and returns whether it is.
     * In a recording it can have begun meanwhile, and filters can have left out its fork.
     */
    private boolean beginAt(Identity process) {
        if (!roots.contains(process.tgid)) {
            return false;
        }
        add(process);
        return true;
    }

    private void alive(Identity process, Identity parent) {
        // The entry of a parent in /proc may be closed to this process, so that no event tells of it.
        beginAt(parent);
        // The first process that has the id is the one that was meant.
        if (roots.contains(process.tgid) || contains(process) || contains(parent)) {
            add(process);
        } else if (parents.putIfAbsent(process, parent) == null) {
            waiting.computeIfAbsent(parent, key -> new ArrayList<>()).add(process);
        }
    }

    /** Knows a process, and the children of it that wait. */
    private void add(Identity process) {
        Deque<Identity> next = new ArrayDeque<>(List.of(process));
        while (!next.isEmpty()) {
            Identity one = next.remove();
            roots.remove(one.tgid);
            found.merge(one.tgid, one.startNanos, Math::max);
            List<Identity> children = waiting.remove(one);
            for (Identity child : children == null ? List.<Identity>of() : children) {
                if (parents.remove(child, one)) {
                    next.add(child);
                }
            }
        }
    }

    private void exit(Identity process) {
        beginAt(process);
        Identity parent = parents.remove(process);
        List<Identity> siblings = parent == null ? null : waiting.get(parent);
        if (siblings != null) {
            siblings.remove(process);
            if (siblings.isEmpty()) {
                waiting.remove(parent);
            }
        }
        if (contains(process)) {
            ended.add(process);
            if (ended.size() > REMEMBERED) {
                Identity last = ended.remove();
                found.remove(last.tgid, last.startNanos);
            }
        }
    }

    private boolean contains(Identity process) {
        return contains(process.tgid, process.startNanos);
    }
}
