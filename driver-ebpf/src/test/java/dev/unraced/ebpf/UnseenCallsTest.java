// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.ebpf.libbpf.Machine;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventFlag;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Checks what is said of a socket that calls of another convention may have connected, where the programs see none of
 * them (R2.43).
 */
@Timeout(120)
class UnseenCallsTest {

    @BeforeEach
    void needDriver() {
        RealKernel.need();
        assumeTrue(Machine.localArchitecture().equals("x86_64"), "the kernel has one convention");
    }

    @Test
    void aSocketThatUnseenCallsCanConnectIsInDoubt() throws IOException {
        assertThat(marksOfConnects("off")).isEqualTo(Map.of("tcp", false, "udp", true));
    }

    @Test
    void aSocketIsNotInDoubtWhereAllCallsAreSeen() throws IOException {
        assertThat(marksOfConnects("on")).isEqualTo(Map.of("tcp", false, "udp", false));
    }

    /** Connects two sockets that nobody else has, and returns whether their events say SOCKET_SHARED. */
    private static Map<String, Boolean> marksOfConnects(String compat) throws IOException {
        CaptureConfig config = CaptureConfig.builder()
                .observeSelf(true)
                .tgids(Math.toIntExact(ProcessHandle.current().pid()))
                .set("unraced.ebpf.compat", compat)
                .build();
        InetAddress here = InetAddress.getLoopbackAddress();
        Map<Integer, String> ports = new LinkedHashMap<>();
        Map<String, Boolean> marks = new LinkedHashMap<>();
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(here, 0));
                DatagramChannel receiver = DatagramChannel.open().bind(new InetSocketAddress(here, 0));
                Capture capture = new EbpfDriver().open(config);
                DatagramChannel sender = DatagramChannel.open()) {
            ports.put(server.socket().getLocalPort(), "tcp");
            ports.put(receiver.socket().getLocalPort(), "udp");
            sender.connect(receiver.getLocalAddress());
            SocketChannel.open(server.getLocalAddress()).close();
            while (marks.size() < ports.size()) {
                capture.poll(
                        event -> {
                            if (event.snapshot() instanceof ConnectEvent connect) {
                                String what =
                                        ports.get(connect.address().value().port());
                                if (what != null) {
                                    marks.put(what, connect.flags().contains(EventFlag.SOCKET_SHARED));
                                }
                            }
                        },
                        100);
            }
        }
        return marks;
    }
}
