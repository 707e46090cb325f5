// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.fixture.Sockets;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;

/** A connect of a UNIX socket that waits for its listener, while its address is rewritten in memory. */
public final class RewrittenConnect {
    private static final int BUFFER = 1;
    private static final int LISTENER = 1;
    private static final int CLIENT = 2;
    private static final int FILLER = 3;
    private static final int ACCEPTED = 20;

    private final Scenario scenario;
    private final Sockets sockets;
    private final ByteString passed;

    /** Makes the listener, whose backlog is full. */
    public RewrittenConnect(Scenario scenario) {
        this.scenario = scenario;
        sockets = new Sockets(scenario.actor());
        passed = SocketAddresses.unix(scenario.scratch().path("real"));
        sockets.listenFull(LISTENER, passed, FILLER);
    }

    /** Returns the address that the call passes, which is the listener's. */
    public ByteString passed() {
        return passed;
    }

    /**
     * Makes the call, and returns its event.
     *
     * @param isAbsent whether the address is not in memory when the call enters
     * @param forged the address in memory when the call returns
     */
    public ConnectEvent play(boolean isAbsent, ByteString forged) {
        sockets.stream(CLIENT, Linux.AF_UNIX);
        if (isAbsent) {
            scenario.setAbsentBuffer(BUFFER, passed);
        } else {
            scenario.setBuffer(BUFFER, passed);
        }
        Job job = scenario.block(WatchedCall.connect("h:" + CLIENT, Pointer.buffer(BUFFER), passed.length()));
        scenario.setBuffer(BUFFER, forged);
        sockets.accept(LISTENER, ACCEPTED);
        job.finish().requireResult(0, "a connect that waits for its listener");
        return (ConnectEvent) scenario.onlyEventOf(job.tid());
    }
}
