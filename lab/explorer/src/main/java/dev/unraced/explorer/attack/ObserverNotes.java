// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import dev.unraced.sim.trace.TraceListener;
import dev.unraced.stash.ArgStash;
import java.util.ArrayList;
import java.util.List;

/** Puts into words what the observer did since the last {@link #drain}. */
final class ObserverNotes implements TraceListener {
    private final List<String> notes = new ArrayList<>();

    /** Returns the notes in the order of the observer's acts, and forgets them. */
    List<String> drain() {
        List<String> drained = List.copyOf(notes);
        notes.clear();
        return drained;
    }

    @Override
    public void read(Argument argument, byte[] bytes, int length) {
        notes.add(
                length < 0
                        ? "the observer cannot read " + Words.name(argument) + " without a page fault"
                        : "the observer reads " + Words.argument(argument, bytes, length));
    }

    @Override
    public void compared(Argument argument, boolean differs) {
        notes.add("the observer finds " + Words.name(argument) + (differs ? " changed" : " unchanged"));
    }

    @Override
    public void copied(Argument argument, boolean differs) {
        notes.add("the observer takes the kernel's copy of " + Words.name(argument)
                + (differs ? ", which is not what it read" : ""));
    }

    @Override
    public void stashed(ArgStash.Put outcome) {
        switch (outcome) {
            case STORED -> {
                // The stash kept the entry, which is the usual case.
            }
            case REPLACED -> notes.add("the stash replaces an entry that no return took");
            case EVICTED -> notes.add("the stash evicts the entry of another call");
            case REFUSED -> notes.add("the stash refuses the entry");
        }
    }

    @Override
    public void taken(Argument argument, byte[] bytes, int length) {
        notes.add("the observer takes back "
                + (length < 0 ? "an entry without " + Words.name(argument) : Words.argument(argument, bytes, length)));
    }

    @Override
    public void missed(int reason) {
        notes.add("the observer finds no entry"
                + switch (reason) {
                    case ArgStash.REFUSED -> ": it was refused";
                    case ArgStash.EVICTED -> ": it was evicted";
                    case ArgStash.STALE -> " but that of another call";
                    default -> "";
                });
    }

    @Override
    public void looked() {
        notes.add("the observer reads a name");
    }

    @Override
    public void described(int descriptor) {
        notes.add(
                descriptor < 0
                        ? "the observer describes the kernel's own object"
                        : "the observer looks up descriptor " + descriptor);
    }
}
