// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.event.Sockaddr.AF_UNIX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.linux.SocketTypes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Makes the same calls on the real kernel and on the simulated one: results and names, but for the ports, must agree.
 */
@EnabledOnOs(OS.LINUX)
class KernelComparisonTest {
    private static final int SOCKETS = 5;
    private static final int CASES = 150;
    private static final int STEPS = 14;

    @TempDir
    static Path directory;

    private static Actor actor;

    /**
     * Whether this kernel lets a TCP socket listen after an attempt to connect, and connect after it listened. Linux
     * does (inet_listen() of net/ipv4/af_inet.c asks for the present state alone), but some hardened builds answer
     * EINVAL.
     */
    private static boolean changesRoles;

    @BeforeAll
    static void start() throws Exception {
        Files.createFile(directory.resolve("file"));
        try {
            actor = Actor.start();
        } catch (ActorException e) {
            if (!System.getenv()
                    .getOrDefault(RunnableDriver.REQUIRE_VARIABLE, "")
                    .isBlank()) {
                throw e;
            }
            assumeTrue(false, e.getMessage());
        }
        actor.ask(Command.of("chdir").with("path", RealSockets.bytes(directory.toString())));
        try (RealSockets probe = new RealSockets(actor, directory)) {
            probe.socket(0, AF_INET, SocketTypes.SOCK_STREAM, false);
            probe.connect(0, Target.ofNobody());
            changesRoles = probe.listen(0, 1).equals("0");
        }
    }

    @AfterAll
    static void end() {
        if (actor != null) {
            actor.close();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void bothKernelsAgree(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < CASES; i++) {
            try (RealSockets real = new RealSockets(actor, directory)) {
                play(random, real, new SimSockets(real.suffix()), "seed " + seed + ", case " + i);
            }
        }
    }

    private static void play(Random random, RealSockets real, SimSockets sim, String what) {
        StringBuilder story = new StringBuilder(what);
        int family = pick(random, AF_INET, AF_INET6, AF_UNIX);
        for (int i = 0; i < SOCKETS; i++) {
            // Most sockets have one family and type, since they would hardly ever meet otherwise.
            int own = random.nextInt(8) == 0 ? pick(random, AF_INET, AF_INET6, AF_UNIX) : family;
            int type = pick(random, 1, 1, 1, 2, own == AF_UNIX ? 5 : 2);
            boolean nonblocking = random.nextBoolean();
            real.socket(i, own, type, nonblocking);
            sim.socket(i, own, type, nonblocking);
            story.append("\n%d = socket(%d, %d, %s)".formatted(i, own, type, nonblocking));
        }
        Map<Integer, Boolean> kinds = new HashMap<>();
        Set<Integer> attempted = new HashSet<>();
        Set<Integer> listened = new HashSet<>();
        for (int step = 0; step < STEPS; step++) {
            int socket = step < 2 ? 0 : random.nextInt(SOCKETS);
            Target target =
                    step == 0 ? Target.ofListener(sim.family(0)) : Target.random(random, sim.family(socket), SOCKETS);
            // The two kernels choose different ports; one of them may be free for the other protocol only.
            boolean chosen = step > 1 && target.portOf().isPresent();
            int holder = target.portOf().orElse(0);
            if (chosen && (sim.type(holder) != sim.type(socket) || sim.hasStalePort(holder))) {
                continue;
            }
            int verb = step < 2 ? 2 * step : random.nextInt(10);
            int backlog = random.nextInt(2);
            String told;
            String expected;
            if (verb < 2) {
                if (target.isBroadcast() || target.isElsewhere() || target.isClosedPort()) {
                    continue;
                }
                story.append("\nbind(%d, %s)".formatted(socket, target));
                told = sim.bind(socket, target);
                expected = real.bind(socket, target);
            } else if (verb < 4) {
                if (sim.leavesUnanswered(socket) || (!changesRoles && attempted.contains(socket))) {
                    continue;
                }
                story.append("\nlisten(%d, %d)".formatted(socket, backlog));
                told = sim.listen(socket, backlog);
                expected = real.listen(socket, backlog);
                if (sim.isListener(socket)) {
                    listened.add(socket);
                }
            } else if (verb < 5) {
                if (sim.leavesUnanswered(socket) || !sim.hasConnection(socket)) {
                    continue;
                }
                story.append("\naccept(%d)".formatted(socket));
                told = sim.accept(socket);
                expected = real.accept(socket);
            } else {
                // A stream that once tried to connect to IPv4 keeps IPv4's operations, and reaches no IPv6 listener any
                // more.
                boolean otherKind = sim.family(socket) == AF_INET6
                        && sim.type(socket) == SocketTypes.SOCK_STREAM
                        && kinds.computeIfAbsent(socket, unused -> target.isMapped()) != target.isMapped();
                boolean otherRole = !changesRoles && listened.contains(socket) && !sim.isListener(socket);
                if (otherKind || otherRole || sim.leavesUnanswered(socket)) {
                    continue;
                }
                story.append("\nconnect(%d, %s)".formatted(socket, target));
                told = sim.connect(socket, target);
                expected = sim.waited() ? real.interruptedConnect(socket, target) : real.connect(socket, target);
                if (sim.family(socket) != AF_UNIX && sim.type(socket) == SocketTypes.SOCK_STREAM) {
                    attempted.add(socket);
                }
            }
            story.append(" = ").append(expected);
            assertThat(told).as(story.toString()).isEqualTo(expected);
            for (int i = 0; i < SOCKETS; i++) {
                assertThat(sim.names(i)).as("%s%nnames of %d", story, i).isEqualTo(real.names(i));
            }
        }
    }

    private static int pick(Random random, Integer... choices) {
        return List.of(choices).get(random.nextInt(choices.length));
    }
}
