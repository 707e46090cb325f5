// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.event.Sockaddr.AF_NETLINK;
import static dev.unraced.event.Sockaddr.AF_UNSPEC;
import static dev.unraced.linux.SocketTypes.SOCK_DGRAM;
import static dev.unraced.linux.SocketTypes.SOCK_NONBLOCK;
import static dev.unraced.linux.SocketTypes.SOCK_RAW;
import static dev.unraced.linux.SocketTypes.SOCK_STREAM;

import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.event.Abi;
import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.Capability;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.ConnectedSocket;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.SocketcallBlock;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Attacks on connects through another holder of the socket, the block of arguments, or a second interface with the same
 * address.
 */
final class SocketCorpus {
    static final String SHARED = "shared-socket";
    static final String SOCKETCALL = "socketcall";
    static final String SCOPE = "scope";
    static final String RESET = "reset";
    static final String NETLINK = "netlink";
    private static final String TAKEN = "taken-socket";
    private static final int FEW = 200;
    private static final int BATCH = 5_000;
    private static final int CLIENT = 1;
    /** The second byte of 127.66.0.0/16, which nothing else uses. */
    private static final int NET = 66;

    private static final int NETLINK_SIZE = 12;
    /** Family and port alone. Such an address is too short for a comparison with the peer. */
    private static final int SHORT = 4;
    /**
     * The first two bytes of fe80::66, an address that both interfaces of the actor have; the groups below exist on
     * both, too.
     */
    private static final int LINK_LOCAL = 0xfe80;

    private static final int LINK_LOCAL_HOST = 0x66;
    /** The last byte of fe80::67, an address that neither interface has. */
    private static final int NOBODY = 0x67;

    /** The first two bytes of fd66::/64, to which the actor's first interface leads. */
    private static final int GLOBAL = 0xfd66;

    private static final int OWN_PORT = 7066;
    private static final int LINK_LOCAL_GROUP = 0xff02;
    private static final int INTERFACE_LOCAL_GROUP = 0xff01;
    private static final int ALL_NODES = 1;
    /** The handle of the first of the sockets whose descriptors are swapped in the block. */
    private static final int FIRST_SOCKET = 40;

    /** The descriptor that a thread replaces in mid-call. */
    private static final int REPLACED = 120;

    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 60_000;
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
                shared("-tcp-flip", "It flips the address before", "fork", 1, 1),
                shared("-send", "A process ends the attempt, and sends with MSG_FASTOPEN elsewhere", "fastopen", 1, 0),
                shared("-send-flip", "It flips the address before", "fastopen", 1, 1),
                userNamespace(),
                byBlock(),
                registered(),
                bound(),
                destroyed(),
                boundAfter(),
                namedAfter(),
                chained(),
                block("", "The descriptor in the block of socketcall is swapped", "fd"),
                block("-bind", "It is swapped with one that setsockopt binds to a device in mid-call", "bind"),
                block("-address", "The address in the block of socketcall is swapped", "address"),
                block("-length", "The length in the block of socketcall is swapped", "length"),
                fetched("-fetched-uring", "A request fetches the error of another thread's attempt", "connect"),
                fetched("-fetched-uring-send", "It fetches that of a MSG_FASTOPEN on another ring", "send"),
                ignored(
                        "-swapped",
                        "A waiting request gets another socket, whose attempt has succeeded, and its address is ignored",
                        "swapped",
                        16),
                ignored(
                        "-sent",
                        "A socket is connected by a send before its waiting request, whose short address is ignored",
                        "sent",
                        SHORT),
                replaced("-replaced", "A thread replaces the descriptor in mid-call; nobody writes the block", "dup2"),
                replaced("-closed", "A thread closes the descriptor in mid-call; nobody writes the block", "close"),
                scope("", "The scope of a link-local address is flipped", LINK_LOCAL, LINK_LOCAL_HOST, true),
                scope("-zero", "A link-local address has a scope and has none", LINK_LOCAL, LINK_LOCAL_HOST, false),
                scope("-group", "The scope of a link-local group is flipped", LINK_LOCAL_GROUP, ALL_NODES, true),
                scope(
                        "-interface-group",
                        "The scope of an interface-local group is flipped",
                        INTERFACE_LOCAL_GROUP,
                        ALL_NODES,
                        true),
                rebound("-rebound", "A process binds the socket to another interface after its connect", 0),
                rebound("-rebound-flip", "It flips the scope before", 1),
                reboundOwn(),
                new Attack(
                                RESET,
                                "The peer resets the connection at once",
                                List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE),
                                Scope.PROCESS,
                                MANY,
                                false,
                                SocketCorpus::reset)
                        .of(RESET, "R2.49"),
                new Attack(
                                NETLINK,
                                "A socket of the kernel's own family is connected",
                                List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE),
                                Scope.PROCESS,
                                FEW,
                                false,
                                SocketCorpus::netlink)
                        .of(NETLINK, "R2.49"),
                new Attack(
                                "port-zero",
                                "A TCP connect to port 0 of a host that does not answer",
                                List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE, Feature.CONNECTING_PEER),
                                Scope.PROCESS,
                                FEW,
                                false,
                                SocketCorpus::portZero)
                        .of("port-zero", "R2.32"),
                new Attack(
                                "mapped-address",
                                "A socket of IPv6 is connected to an address of IPv4",
                                List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE),
                                Scope.PROCESS,
                                FEW,
                                false,
                                SocketCorpus::mapped)
                        .of("mapped-address", "R2.30"));
    }

    private static Attack shared(String suffix, String title, String how, int type, int flip) {
        List<Capability> needs = List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE);
        return of(SHARED, "R2.43", suffix, title, needs, sharedPlay(how, type, flip, ""));
    }

    /** Makes the attack whose victim connects by socketcall, so that a driver learns the socket from its block. */
    private static Attack byBlock() {
        return of(
                SHARED,
                "R2.43",
                "-socketcall",
                "A process fetches the socket of a socketcall for one moment, and connects it",
                List.of(Syscall.CONNECT, Abi.IA32, Feature.SOCKET_TUPLE),
                sharedPlay("pidfd_getfd", 2, 0, SOCKETCALL));
    }

    /** Makes the attack whose victim is a child of the actor's, in a user namespace. */
    private static Attack userNamespace() {
        return new Attack(
                        SHARED + "-userns",
                        "The root of a user namespace fetches the socket of another user, and connects by socketcall",
                        List.of(Syscall.CONNECT, Abi.IA32, Feature.SOCKET_TUPLE),
                        Scope.FAMILY,
                        MANY,
                        true,
                        sharedPlay("userns", 2, 0, ""))
                .of(SHARED, "R2.43");
    }

    /** Makes the attack whose socket comes to another user, of whose connect no event tells. */
    private static Attack registered() {
        return taken(
                "-registered",
                "A process fetches the socket before its connect returns, and another user connects it on an io_uring",
                field -> {
                    ByteString a = own(field, 1);
                    field.play(
                            Command.of(TAKEN).with("how", "lend").with("a", a).with("b", own(field, 2)),
                            Map.of('a', KernelOutcome.peer(a).unless(EventFlag.SOCKET_SHARED)));
                });
    }

    /** Makes the attack on the own name of a UNIX socket, which has none when its connect ends. */
    private static Attack bound() {
        return taken("-bound", "A process fetches a UNIX socket before its connect returns, and binds it", field -> {
            String names = "\0unraced-" + field.actor().tgid();
            ByteString a = SocketAddresses.unix(names + "-peer");
            KernelOutcome unnamed = KernelOutcome.peer(a).from(SocketAddresses.unix(new byte[0]));
            field.play(
                    Command.of(TAKEN).with("how", "bind").with("a", a).with("b", SocketAddresses.unix(names + "-own")),
                    Map.of('a', unnamed.unless(EventFlag.SOCKET_SHARED)));
        });
    }

    /** Makes the attack by a thread that needs no descriptor of its own for the socket. */
    private static Attack boundAfter() {
        List<Capability> needs = List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE);
        String title = "A thread of the same descriptor table binds a UNIX socket before its connect returns";
        return new Attack("socket-bound-after", title, needs, Scope.PROCESS, MANY, true, field -> {
                    String names = "\0unraced-after-" + field.actor().tgid();
                    ByteString a = SocketAddresses.unix(names + "-peer");
                    KernelOutcome unnamed = KernelOutcome.peer(a).from(SocketAddresses.unix(new byte[0]));
                    field.play(
                            Command.of("bound-socket").with("a", a).with("b", SocketAddresses.unix(names + "-own")),
                            Map.of('a', unnamed.unless(EventFlag.FD_TABLE_SHARED, EventFlag.SOCKET_SHARED)));
                })
                .of("socket-bound-after", "R2.43");
    }

    /** Makes the attack by another process, for which the kernel itself chooses the socket a name. */
    private static Attack namedAfter() {
        List<Capability> needs = List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE);
        String title =
                "A process that holds a UNIX socket sends by it before its connect returns, so that it has a name";
        return new Attack("socket-named-after", title, needs, Scope.PROCESS, MANY, true, field -> {
                    ByteString a = SocketAddresses.unix(
                            "\0unraced-named-" + field.actor().tgid());
                    KernelOutcome unnamed = KernelOutcome.peer(a).from(SocketAddresses.unix(new byte[0]));
                    field.play(
                            Command.of("autobound-socket").with("a", a),
                            Map.of('a', unnamed.unless(EventFlag.SOCKET_SHARED)));
                })
                .of("socket-named-after", "R2.43");
    }

    /** Makes the attack by a request that was submitted long before, and that no event tells of. */
    private static Attack chained() {
        List<Capability> needs = List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE);
        String title = "A silent request at the end of a thread's chain connects the socket before its connect returns";
        return new Attack("uring-chain-connect", title, needs, Scope.PROCESS, MANY, true, field -> {
                    ByteString a = own(field, 1);
                    field.play(
                            Command.of("uring-chained").with("a", a).with("b", own(field, 2)),
                            Map.of(
                                    'a',
                                    KernelOutcome.peer(a).unless(EventFlag.FD_TABLE_SHARED, EventFlag.SOCKET_SHARED)));
                })
                .of("uring-chain-connect", "R2.43");
    }

    /** Makes the attack on a socket that nobody else holds. */
    private static Attack destroyed() {
        return taken(
                "-destroyed",
                "The network's root ends what a socket is connected to, while memory says AF_UNSPEC",
                field -> {
                    field.actor().ask(Command.of("network"));
                    ByteString a = SocketAddresses.inet(DISCARD, 10, 66, 0, 1);
                    field.play(
                            Command.of("destroyed-socket").with("a", a),
                            Map.of('a', KernelOutcome.peer(a).unless(EventFlag.SOCKET_SHARED)));
                });
    }

    private static Attack taken(String suffix, String title, Attack.Play play) {
        List<Capability> needs = List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE);
        return new Attack(SHARED + suffix, title, needs, Scope.PROCESS, MANY, true, play).of(SHARED, "R2.43");
    }

    /** Returns an address of the loopback network that only this actor uses. */
    private static ByteString own(AttackField field, int host) {
        return SocketAddresses.inet(DISCARD, 127, NET, field.actor().tgid() & 0xff, host);
    }

    private static Attack.Play sharedPlay(String how, int type, int flip, String via) {
        return field -> {
            field.actor().ask(Command.of("network"));
            ByteString a = SocketAddresses.inet(DISCARD, 10, 66, 0, 1);
            ByteString b = SocketAddresses.inet(DISCARD, 10, 66, 0, 2);
            Command command = Command.of(SHARED)
                    .with("how", how)
                    .with("type", type)
                    .with("flip", flip)
                    .with("a", a)
                    .with("b", b);
            field.play(
                    via.isEmpty() ? command : command.with("via", via),
                    Map.of(
                            'a', KernelOutcome.peer(a).unless(EventFlag.SOCKET_SHARED),
                            'b', KernelOutcome.peer(b).unless(EventFlag.SOCKET_SHARED)));
        };
    }

    /** Makes an attack in which each round has a port of its own, by which the actor knows the connected socket. */
    private static Attack block(String suffix, String title, String how) {
        return of(
                SOCKETCALL, "R2.45", suffix, title, List.of(Syscall.CONNECT, Abi.IA32, Feature.SOCKET_TUPLE), field -> {
                    ByteString a = SocketAddresses.inet(0, 127, 0, 0, 1);
                    ByteString b = SocketAddresses.inet(0, 127, 0, 0, 2);
                    Map<Character, ByteString> own = new HashMap<>();
                    boolean swapsSockets = how.equals("fd") || how.equals("bind");
                    field.inBatches(
                            Command.of(SOCKETCALL).with("how", how).with("a", a).with("b", b), (event, letter, i) -> {
                                if (i == 0) {
                                    own.put('a', local(field, FIRST_SOCKET));
                                    own.put('b', local(field, FIRST_SOCKET + 1));
                                }
                                int port = FIRST_PORT + i % PORTS;
                                boolean isFirst = letter == 'a' || swapsSockets;
                                ByteString peer = SocketAddresses.inet(port, 127, 0, 0, isFirst ? 1 : 2);
                                ByteString from = own.get(swapsSockets ? letter : 'a');
                                if (letter != 'x' && from != null) {
                                    field.tally()
                                            .judge(
                                                    event,
                                                    KernelOutcome.peer(peer).from(from));
                                }
                            });
                });
    }

    /**
     * Makes an attack whose request can get the error of an attempt that another thread makes on its socket. The kernel
     * has not looked at the address of such a request.
     */
    private static Attack fetched(String suffix, String title, String how) {
        return new Attack(
                        "connect" + suffix,
                        title,
                        List.of(Syscall.CONNECT, Origin.IO_URING, Feature.SOCKET_TUPLE),
                        Scope.PROCESS,
                        MANY,
                        true,
                        field -> {
                            ByteString a = own(field, 1);
                            field.inBatches(
                                    Command.of("fetched-attempt")
                                            .with("how", how)
                                            .with("a", a)
                                            .with("b", own(field, 2)),
                                    (event, truth, i) -> judgeFetched(field.tally(), (ConnectEvent) event, a, truth));
                        })
                .of("connect-fetched", "R2.16");
    }

    /**
     * Makes an attack whose request finds an attempt that has succeeded, so that the kernel does not look at its
     * address.
     *
     * @param length how many bytes of its address the request passes
     */
    private static Attack ignored(String suffix, String title, String how, int length) {
        List<Capability> needs = List.of(Syscall.CONNECT, Origin.IO_URING, Feature.SOCKET_TUPLE);
        return new Attack("connect-ignored" + suffix, title, needs, Scope.PROCESS, FEW, false, field -> {
                    ByteString b = own(field, 2);
                    ByteString passed = ByteString.copyOf(own(field, 1).toByteArray(), 0, length);
                    KernelOutcome taken = KernelOutcome.peer(passed, b, false)
                            .unless(EventFlag.FD_TABLE_SHARED, EventFlag.SOCKET_SHARED);
                    field.inBatches(
                            Command.of("uring-ignored")
                                    .with("how", how)
                                    .with("a", passed)
                                    .with("b", b),
                            (event, truth, i) -> {
                                if (truth == 'b') {
                                    judgeIgnored(field.tally(), (ConnectEvent) event, taken);
                                }
                            });
                })
                .of("connect-ignored", "R2.16");
    }

    private static void judgeIgnored(AttackTally tally, ConnectEvent event, KernelOutcome taken) {
        tally.judge(event, taken);
        judgeUnread(tally, event);
    }

    /** Judges an address that the kernel did not look at. The tally alone takes a copy for what the call acted on. */
    static void judgeUnread(AttackTally tally, ConnectEvent event) {
        if (event.address().integrity() == Integrity.MATCH) {
            tally.lie("R2.16", "MATCH of an address that the kernel did not look at: event " + event);
        }
    }

    private static void judgeFetched(AttackTally tally, ConnectEvent event, ByteString a, char truth) {
        tally.judge(
                event,
                truth == 'a'
                        ? KernelOutcome.peer(a).unless(EventFlag.FD_TABLE_SHARED, EventFlag.SOCKET_SHARED)
                        : KernelOutcome.nothing(a));
        if (truth == 'b') {
            judgeUnread(tally, event);
        }
    }

    /** Makes an attack whose block nobody writes, so that no event may say that it was changed. */
    private static Attack replaced(String suffix, String title, String how) {
        return of(
                SOCKETCALL, "R2.29", suffix, title, List.of(Syscall.CONNECT, Abi.IA32, Feature.SOCKET_TUPLE), field -> {
                    ByteString a = own(field, 1);
                    KernelOutcome taken = KernelOutcome.peer(a)
                            .named(REPLACED)
                            .unless(EventFlag.FD_TABLE_SHARED, EventFlag.SOCKET_SHARED);
                    field.inBatches(
                            Command.of("replaced-socket")
                                    .with("how", how)
                                    .with("fd", REPLACED)
                                    .with("a", a)
                                    .with("b", own(field, 2)),
                            (event, truth, i) -> {
                                if (truth == 'a') {
                                    judgeBlock(field.tally(), (ConnectEvent) event, taken);
                                }
                            });
                });
    }

    /** Judges an event by the block, which held the same descriptor, pointer and length all the while. */
    private static void judgeBlock(AttackTally tally, ConnectEvent event, KernelOutcome taken) {
        SocketcallBlock block = event.block().orElse(new SocketcallBlock(Provenance.NONE, Integrity.UNCHECKED));
        tally.judge(event, new Argument<>(event.fd(), block.provenance(), block.integrity()), taken);
        if (block.integrity() == Integrity.CHANGED || event.address().integrity() == Integrity.CHANGED) {
            tally.lie("R2.29", "CHANGED, though nobody changed block or address: event " + event);
        }
    }

    /** Returns family and port of a socket's own address; a connect chooses the rest of it. */
    private static ByteString local(AttackField field, int handle) {
        return field.actor()
                .ask(Command.of("names").with("fd", "h:" + handle))
                .bytes("local")
                .orElseThrow(() -> new ActorException("a socket without a name"));
    }

    private static Attack scope(String suffix, String title, int prefix, int host, boolean both) {
        return of(SCOPE, "R2.44", suffix, title, List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE), field -> {
            Reply network = field.actor().ask(Command.of("network"));
            int first = both ? network.integer("first") : 0;
            ByteString a = SocketAddresses.scoped(DISCARD, prefix, host, first);
            ByteString b = SocketAddresses.scoped(DISCARD, prefix, host, network.integer("second"));
            field.play(
                    Command.of(SCOPE).with("a", a).with("b", b),
                    Map.of('a', KernelOutcome.peer(a), 'b', KernelOutcome.peer(b)));
        });
    }

    /** Makes an attack on connects to an address that nobody has, so that they are on their way until they return. */
    private static Attack rebound(String suffix, String title, int flip) {
        List<Capability> needs = List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE);
        return new Attack(SCOPE + suffix, title, needs, Scope.PROCESS, FEW, true, field -> {
                    Reply network = field.actor().ask(Command.of("network"));
                    ByteString a = SocketAddresses.scoped(DISCARD, LINK_LOCAL, NOBODY, network.integer("first"));
                    ByteString b = SocketAddresses.scoped(DISCARD, LINK_LOCAL, NOBODY, network.integer("second"));
                    field.play(
                            Command.of("scope-rebound")
                                    .with("a", a)
                                    .with("b", b)
                                    .with("flip", flip),
                            Map.of(
                                    'a', KernelOutcome.peer(a).unless(EventFlag.SOCKET_SHARED),
                                    'b', KernelOutcome.peer(b).unless(EventFlag.SOCKET_SHARED)));
                })
                .of(SCOPE, "R2.44");
    }

    /** Makes the attack on a socket whose own address is the link-local one. */
    private static Attack reboundOwn() {
        List<Capability> needs = List.of(Syscall.CONNECT, Feature.SOCKET_TUPLE);
        String title = "A process binds the socket, whose own address is link-local, to another interface";
        return new Attack(SCOPE + "-rebound-own", title, needs, Scope.PROCESS, FEW, true, field -> {
                    Reply network = field.actor().ask(Command.of("network"));
                    int first = network.integer("first");
                    ByteString own = SocketAddresses.scoped(OWN_PORT, LINK_LOCAL, LINK_LOCAL_HOST, first);
                    ByteString peer = SocketAddresses.scoped(DISCARD, GLOBAL, NOBODY, 0);
                    field.play(
                            Command.of("scope-rebound")
                                    .with("a", SocketAddresses.scoped(DISCARD, GLOBAL, NOBODY, first))
                                    .with(
                                            "b",
                                            SocketAddresses.scoped(DISCARD, GLOBAL, NOBODY, network.integer("second")))
                                    .with("own", own),
                            Map.of('a', KernelOutcome.peer(peer).from(own).unless(EventFlag.SOCKET_SHARED)));
                })
                .of(SCOPE, "R2.44");
    }

    /** Judges by the socket's own port, which the actor knows and the socket keeps when the connection is gone. */
    private static void reset(AttackField field) {
        for (int left = field.calls(); left > 0; left -= BATCH) {
            Reply reply = field.once(Command.of(RESET), Math.min(left, BATCH));
            ByteString peer = reply.bytes("peer").orElseThrow();
            List<Integer> ports = reply.integers("ports");
            List<SyscallEvent> events = field.eventsOf(reply.integer("tid"));
            for (int i = 0; i < Math.min(ports.size(), events.size()); i++) {
                if (ports.get(i) != 0) {
                    field.tally()
                            .judge(
                                    events.get(i),
                                    KernelOutcome.peer(peer).from(SocketAddresses.loopback(ports.get(i))));
                }
            }
            field.advanced();
        }
    }

    /**
     * Connects netlink sockets, whose own address the connect chooses, too. A second connect, to AF_UNSPEC, takes the
     * peer away.
     */
    private static void netlink(AttackField field) {
        ByteString kernel = SocketAddresses.family(AF_NETLINK, NETLINK_SIZE);
        ByteString nobody = SocketAddresses.family(AF_UNSPEC, NETLINK_SIZE);
        while (field.tally().counts().attempts() < field.calls()) {
            field.actor()
                    .ask(Command.of("socket")
                            .with("id", CLIENT)
                            .with("family", AF_NETLINK)
                            .with("type", SOCK_RAW));
            field.judge(
                    WatchedCall.connect("h:" + CLIENT, kernel),
                    outcome -> KernelOutcome.peer(outcome.peer().orElseThrow())
                            .from(outcome.local().orElseThrow()));
            SyscallEvent undone = field.judge(
                            WatchedCall.connect("h:" + CLIENT, nobody), outcome -> KernelOutcome.nothing(nobody))
                    .event();
            if (((ConnectEvent) undone)
                    .socket()
                    .flatMap(ConnectedSocket::remote)
                    .isPresent()) {
                field.tally().lie("R2.30", "a peer, though the socket was connected to AF_UNSPEC: event " + undone);
            }
        }
    }

    /** Connects to port 0 of a host that does not answer: the socket has a peer, though getpeername tells none. */
    private static void portZero(AttackField field) {
        field.actor().ask(Command.of("network"));
        ByteString silent = SocketAddresses.scoped(0, GLOBAL, NOBODY, 0);
        while (field.tally().counts().attempts() < field.calls()) {
            field.actor()
                    .ask(Command.of("socket")
                            .with("id", CLIENT)
                            .with("family", AF_INET6)
                            .with("type", SOCK_STREAM | SOCK_NONBLOCK));
            field.judge(WatchedCall.connect("h:" + CLIENT, silent), outcome -> KernelOutcome.peer(silent));
        }
    }

    /** Connects sockets of IPv6 to addresses of IPv4, which the kernel maps. */
    private static void mapped(AttackField field) {
        ByteString loopback = SocketAddresses.loopback(DISCARD);
        while (field.tally().counts().attempts() < field.calls()) {
            field.actor()
                    .ask(Command.of("socket")
                            .with("id", CLIENT)
                            .with("family", AF_INET6)
                            .with("type", SOCK_DGRAM));
            field.judge(
                    WatchedCall.connect("h:" + CLIENT, loopback),
                    outcome -> KernelOutcome.peer(loopback, outcome.peer().orElseThrow(), true)
                            .from(outcome.local().orElseThrow()));
        }
    }

    private static Attack of(
            String family,
            String rule,
            String suffix,
            String title,
            List<? extends Capability> needs,
            Attack.Play play) {
        return new Attack(family + suffix, title, List.copyOf(needs), Scope.PROCESS, MANY, true, play).of(family, rule);
    }
}
