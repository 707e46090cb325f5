// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.ByteString;
import java.util.Optional;

/** A thread as its actor, outside this machine's /proc, describes it. */
final class ToldThread implements ThreadInfo {
    private final Reply told;

    ToldThread(Actor actor, int tid) {
        told = actor.ask(Command.of("thread").with("tid", tid));
    }

    @Override
    public long startNanos() {
        return told.number("start");
    }

    @Override
    public long tickNanos() {
        return told.number("tick");
    }

    @Override
    public int parent() {
        return told.integer("parent");
    }

    @Override
    public long mountNamespace() {
        return told.number("mount");
    }

    @Override
    public long pidNamespace() {
        return told.number("pid");
    }

    @Override
    public long cgroupId() {
        return told.number("cgroup");
    }

    @Override
    public Optional<ByteString> containerId() {
        return told.bytes("container");
    }
}
