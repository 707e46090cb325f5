// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.protocol.Address;
import dev.unraced.protocol.TlsFiles;
import dev.unraced.server.Captures;
import dev.unraced.server.GrpcServer;
import dev.unraced.server.Limits;
import dev.unraced.server.ServerSettings;
import dev.unraced.server.connection.Access;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Opens unwanted connections of another user: refused ones by the thousand, and idle ones for the time that
 * {@code -Dproof.idle.seconds=600} sets. Root's subscriber still gets in within a second, and memory stays flat.
 */
@Timeout(1200)
class StarvationTest {
    private static final int REFUSED = Integer.getInteger("proof.refused", 2000);
    private static final int IDLE_SECONDS = Integer.getInteger("proof.idle.seconds", 10);
    /** This is more than a server has places for. */
    private static final int AT_ONCE = 400;

    private static final long WITHIN_MILLIS = 1000;
    private static final int WARM_UPS = 5;
    /** The memory that a process may gain when it subscribes anew all the time, besides serving. */
    private static final long GROWTH_KIB = 96 << 10;

    /** The pools of the transports, of server and clients: 18 to 21 MiB after 10 s, and no more after 30 s. */
    private static final long RETAINED_KIB = 32 << 10;

    private static final String NOBODY = "65534";

    /**
     * Opens silent connections: the arguments are the number in all, the number at once, and the pause in microseconds.
     */
    private static final String SILENT_PEER = """
            use Socket;
            $SIG{PIPE} = 'IGNORE';
            my ($to, $all, $at_once, $pause) = @ARGV;
            my @held;
            print "begin\\n"; $| = 1;
            for (my $i = 0; $i < $all; $i++) {
                my ($host, $port) = $to =~ /^([\\d.]+):(\\d+)$/;
                socket(my $s, $host ? AF_INET : AF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
                connect($s, $host ? sockaddr_in($port, inet_aton($host)) : sockaddr_un($to)) or die "connect: $!";
                push @held, $s;
                @held = () if @held >= $at_once && !$pause;
                shift @held if @held > $at_once;
                select(undef, undef, undef, $pause / 1e6) if $pause;
            }
            @held = ();
            print "done\\n";
            """;

    @TempDir
    private Path directory;

    private final List<Process> peers = new ArrayList<>();
    private final Firehose hose = new Firehose();
    private final RemoteDriver driver = new RemoteDriver();
    private TlsFiles agent;
    private TlsFiles own;
    private Path authority;

    @BeforeEach
    void prepare() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can become somebody else");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Certificates ours = new Certificates(directory.resolve("certificates"));
        own = ours.sign("server");
        agent = ours.sign("agent");
        authority = ours.authority();
    }

    @AfterEach
    void endAll() {
        peers.forEach(Process::destroyForcibly);
    }

    @Test
    void refusedConnectionsGiveTheirPlacesBack() throws Exception {
        try (Captures captures = captures();
                GrpcServer server = serve(captures, Access.standard())) {
            warmUp(server);
            for (String address : List.of(unixPath(), tcp(server))) {
                await(silentPeer(address, REFUSED, AT_ONCE, 0));
            }
            assertThat(millisToSubscribe(this::unix)).isLessThan(WITHIN_MILLIS);
            assertThat(millisToSubscribe(() -> tls(server))).isLessThan(WITHIN_MILLIS);
        }
    }

    @Test
    void idleConnectionsOfAUserWhoMaySubscribeStarveNobody() throws Exception {
        assertNobodyStarves(Access.standard());
    }

    @Test
    void idleConnectionsOfAUserWhoMayNotSubscribeStarveNobody() throws Exception {
        assertNobodyStarves(new Access(Set.of(1), List.of(), Set.of(0), List.of()));
    }

    private void assertNobodyStarves(Access access) throws Exception {
        try (Captures captures = captures();
                GrpcServer server = serve(captures, access)) {
            warmUp(server);
            for (String address : List.of(unixPath(), tcp(server))) {
                silentPeer(address, Integer.MAX_VALUE, AT_ONCE, 2_000);
                await(silentPeer(address, REFUSED, AT_ONCE, 0));
            }
            for (int i = 0; i < WARM_UPS; i++) {
                millisToSubscribe(this::unix);
                millisToSubscribe(() -> tls(server));
            }
            long before = residentKib();
            long heapBefore = heapKib();
            long retainedBefore = retainedKib();
            List<Long> unix = new ArrayList<>();
            List<Long> tls = new ArrayList<>();
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(IDLE_SECONDS)) {
                unix.add(millisToSubscribe(this::unix));
                tls.add(millisToSubscribe(() -> tls(server)));
                TimeUnit.MILLISECONDS.sleep(500);
            }
            long retained = retainedKib() - retainedBefore;
            long resident = residentKib() - before;
            // The collector chooses the size of the heap, so only the memory in use has a bound.
            long growth = resident - (heapKib() - heapBefore);
            System.out.printf(
                    "%d s: %d subscribers by the socket within %d ms, %d by TLS within %d ms, memory %+d KiB, without the heap %+d KiB, in use %+d KiB%n",
                    IDLE_SECONDS,
                    unix.size(),
                    unix.stream().max(Long::compare).orElseThrow(),
                    tls.size(),
                    tls.stream().max(Long::compare).orElseThrow(),
                    resident,
                    growth,
                    retained);
            assertThat(peers.stream().filter(Process::isAlive))
                    .as("peers that go on")
                    .hasSize(2);
            assertThat(unix).allMatch(millis -> millis < WITHIN_MILLIS);
            assertThat(tls).allMatch(millis -> millis < WITHIN_MILLIS);
            assertThat(retained).isLessThan(RETAINED_KIB);
            assertThat(growth).isLessThan(GROWTH_KIB);
        }
    }

    /** The first connections of each kind load classes and libraries. */
    private void warmUp(GrpcServer server) throws Exception {
        millisToSubscribe(this::unix);
        millisToSubscribe(() -> tls(server));
    }

    private Captures captures() {
        return new Captures(
                hose,
                () -> CaptureConfig.builder().driver("firehose").ringBytes(1 << 20),
                true,
                new Limits(64, 0, 16, 1 << 20),
                true);
    }

    private GrpcServer serve(Captures captures, Access access) {
        ServerSettings settings = ServerSettings.at(new Address.Unix(unixPath()))
                .socketMode(0666)
                .access(access)
                .tls(own);
        return GrpcServer.start(
                settings.addresses(List.of(new Address.Unix(unixPath()), new Address.Tcp("localhost", 0))), captures);
    }

    private String unixPath() {
        return directory.resolve("socket").toString();
    }

    private static String tcp(GrpcServer server) {
        return "127.0.0.1:" + ((Address.Tcp) server.addresses().get(1)).port();
    }

    private CaptureConfig unix() {
        return client("unix:" + unixPath()).build();
    }

    private CaptureConfig tls(GrpcServer server) {
        return client(server.addresses().get(1).toString())
                .set("remote.certificate", agent.certificate().toString())
                .set("remote.key", agent.key().toString())
                .set("remote.authorities", authority.toString())
                .build();
    }

    private static CaptureConfigBuilder client(String address) {
        return CaptureConfig.builder()
                .driver("remote")
                .ringBytes(1 << 20)
                .set("remote.address", address)
                .set("remote.patience-ms", 5000);
    }

    private long millisToSubscribe(Supplier<CaptureConfig> config) {
        CaptureConfig wanted = config.get();
        long begin = System.nanoTime();
        try (Capture capture = driver.open(wanted)) {
            assertThat(capture.isOpen()).isTrue();
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        }
    }

    /** Starts a process of another user. */
    private Process silentPeer(String address, int all, int atOnce, int pauseMicros) throws IOException {
        Process peer = new ProcessBuilder(
                        "setpriv",
                        "--reuid=" + NOBODY,
                        "--regid=" + NOBODY,
                        "--clear-groups",
                        "perl",
                        "-e",
                        SILENT_PEER,
                        address,
                        Integer.toString(all),
                        Integer.toString(atOnce),
                        Integer.toString(pauseMicros))
                .redirectErrorStream(true)
                .start();
        peers.add(peer);
        assertThat(peer.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("begin");
        return peer;
    }

    private static void await(Process peer) throws IOException, InterruptedException {
        assertThat(peer.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("done");
        assertThat(peer.waitFor()).isZero();
    }

    /** Returns the memory of objects and buffers that a collection leaves. */
    private static long retainedKib() throws InterruptedException {
        // Buffers of closed captures are released some time after the collection that finds them unused.
        System.gc();
        TimeUnit.SECONDS.sleep(1);
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return (heap + direct) >> 10;
    }

    /** Returns the memory of this process, which includes the server, after a collection. */
    /** Returns how much memory the JVM has taken for its heap. */
    private static long heapKib() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted() >> 10;
    }

    private static long residentKib() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }
}
