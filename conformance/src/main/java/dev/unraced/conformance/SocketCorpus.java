// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.ByteString;
import dev.unraced.event.Capability;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Syscall;
import java.util.List;
import java.util.Map;

/** Attacks by whoever else holds the socket, its block of arguments, or an interface with the same address. */
final class SocketCorpus {
    static final String SHARED = "shared-socket";
    private static final int MANY = Integer.MAX_VALUE;
    private static final int DISCARD = 9;

    private SocketCorpus() {}

    static List<Attack> all() {
        return List.of(
                shared("", "A forked process connects the socket elsewhere in mid-call", "fork", 2, 0),
                shared("-flip", "It flips the address before", "fork", 2, 1),
                shared("-scm", "A process that received the socket connects it elsewhere", "scm", 2, 0),
                shared("-scm-flip", "It flips the address before", "scm", 2, 1),
                shared("-pidfd", "A process fetches the socket for one moment, and connects it", "pidfd_getfd", 2, 0),
                shared("-pidfd-flip", "It flips the address before", "pidfd_getfd", 2, 1),
                shared("-tcp", "A forked process disconnects a TCP socket and connects it elsewhere", "fork", 1, 0),
                shared("-tcp-flip", "It flips the address before", "fork", 1, 1));
    }

    private static Attack shared(String suffix, String title, String how, int type, int flip) {
        return of(SHARED, suffix, title, List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE), field -> {
            field.actor().ask(Command.of("network"));
            ByteString a = SocketAddresses.inet(DISCARD, 10, 66, 0, 1);
            ByteString b = SocketAddresses.inet(DISCARD, 10, 66, 0, 2);
            field.play(
                    Command.of(SHARED)
                            .with("how", how)
                            .with("type", type)
                            .with("flip", flip)
                            .with("a", a)
                            .with("b", b),
                    Map.of(
                            'a', Taken.peer(a).unless(EventFlag.SOCKET_SHARED),
                            'b', Taken.peer(b).unless(EventFlag.SOCKET_SHARED)));
        });
    }

    private static Attack of(
            String family, String suffix, String title, List<? extends Capability> needs, Attack.Play play) {
        return new Attack(family + suffix, title, List.copyOf(needs), Scope.PROCESS, MANY, true, play).of(family);
    }
}
