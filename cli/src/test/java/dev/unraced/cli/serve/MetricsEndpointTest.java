// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.event.Syscall;
import dev.unraced.server.ServerState;
import dev.unraced.server.Sinks;
import dev.unraced.server.broadcast.Broadcaster;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

@Timeout(60)
class MetricsEndpointTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private Broadcaster broadcaster;
    private MetricsEndpoint endpoint;
    private Sinks sinks;
    private final ServerState state = mock();

    @BeforeEach
    void open(@TempDir Path directory) {
        Capture capture = Capture.open(
                CaptureConfig.builder().driver("sim").ringBytes(1 << 20).build());
        broadcaster = new Broadcaster(capture, EnumSet.allOf(Syscall.class), false, 1 << 20);
        CaptureConfig config = CaptureConfig.builder()
                .processEvents(true)
                .set("file.path", directory.resolve("events").toString())
                .build();
        sinks = Sinks.open(List.of("file"), config);
        sinks.subscribe(broadcaster);
        when(state.certificateEnd()).thenReturn(Optional.empty());
        when(state.turnedAway()).thenReturn(7L);
        endpoint = MetricsEndpoint.start(new HostPort().convert("0"), broadcaster, sinks, state);
    }

    @AfterEach
    void close() {
        endpoint.close();
        sinks.close();
        broadcaster.close();
    }

    @Test
    void prometheusReadsTheMetersOfTheCapture() throws Exception {
        HttpResponse<String> response = get("/metrics");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/plain; charset=utf-8");
        assertThat(response.body())
                .contains("# TYPE unraced_returned_calls_total counter")
                .contains("unraced_lost_events_total{driver=\"sim\",reason=\"ring_full\"} 0.0")
                .contains("unraced_open{driver=\"sim\"} 1.0")
                .contains("unraced_subscribers{driver=\"sim\"} 0.0")
                .contains("unraced_processes{driver=\"sim\",table=\"subscribers\"} 0.0")
                .contains("unraced_processes_evicted_total{driver=\"sim\",table=\"subscribers\"} 0.0")
                .contains("unraced_processes{driver=\"sim\",table=\"file\"} 0.0")
                .contains("unraced_processes_evicted_total{driver=\"sim\",table=\"file\"} 0.0")
                .contains("unraced_cgroups_evicted_total{driver=\"sim\",table=\"file\"} 0.0")
                .contains("unraced_sink_taken_events_total{driver=\"sim\",sink=\"file\"} ")
                .contains("unraced_sink_missed_events_total{driver=\"sim\",sink=\"file\"} 0.0")
                .contains("unraced_sink_lost_events_total{driver=\"sim\",sink=\"file\"} 0.0")
                .contains("unraced_connections_turned_away_total{driver=\"sim\"} 7.0")
                .as("there is no TLS")
                .doesNotContain("certificate");
    }

    @Test
    void theTimeLeftIsThatOfTheCertificateInUse() throws Exception {
        AtomicReference<Instant> end = new AtomicReference<>(Instant.now().plus(Duration.ofHours(2)));
        endpoint.close();
        when(state.certificateEnd()).thenAnswer(call -> Optional.of(end.get()));
        endpoint = MetricsEndpoint.start(new HostPort().convert("0"), broadcaster, sinks, state);
        assertThat(secondsLeft()).isBetween(7_100.0, 7_200.0);
        end.set(Instant.now().minus(Duration.ofHours(1)));
        assertThat(secondsLeft()).isBetween(-3_700.0, -3_600.0);
    }

    private double secondsLeft() throws Exception {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("unraced_certificate_left_seconds{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theHealthIsThatOfTheCapture() throws Exception {
        assertThat(get("/health").statusCode()).isEqualTo(200);
        assertThat(get("/health").body()).isEqualTo("capturing\n");
        broadcaster.close();
        assertThat(get("/health").statusCode()).isEqualTo(503);
        assertThat(get("/health").body()).isEqualTo("the capture has ended\n");
        assertThat(get("/metrics").body()).contains("unraced_open{driver=\"sim\"} 0.0");
    }

    @Test
    void otherPagesAndMethodsAreRefused() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/metrics/more").statusCode()).isEqualTo(404);
        HttpRequest post = HttpRequest.newBuilder(uri("/metrics"))
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build();
        assertThat(client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(405);
    }

    @Test
    void peersThatSendNothingKeepNobodyOut() throws Exception {
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            silent.add(new Socket(
                    endpoint.address().getAddress(), endpoint.address().getPort()));
        }
        assertThat(get("/health").statusCode()).isEqualTo(200);
        for (Socket socket : silent) {
            socket.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0:0, false", "[::]:0, true"})
    void allAddressesOfIpv4AreNoneOfIpv6(String typed, boolean both) throws Exception {
        try (MetricsEndpoint all = MetricsEndpoint.start(new HostPort().convert(typed), broadcaster, sinks, state)) {
            int port = all.address().getPort();
            assertThat(client.send(health("127.0.0.1:" + port), HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            HttpRequest other = health("[::1]:" + port);
            if (both) {
                assertThat(client.send(other, HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(200);
            } else {
                assertThatThrownBy(() -> client.send(other, HttpResponse.BodyHandlers.ofString()))
                        .isInstanceOf(ConnectException.class);
            }
        }
    }

    private static HttpRequest health(String at) {
        return HttpRequest.newBuilder(URI.create("http://" + at + "/health")).build();
    }

    @Test
    void whatIsNoRequestIsRefused() throws Exception {
        try (Socket socket =
                new Socket(endpoint.address().getAddress(), endpoint.address().getPort())) {
            socket.getOutputStream().write("garbage\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readAllBytes())
                    .asString(StandardCharsets.US_ASCII)
                    .startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void anAddressThatIsTakenIsNamedWithARemedy() {
        assertThatThrownBy(() -> MetricsEndpoint.start(endpoint.address(), broadcaster, sinks, state))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("127.0.0.1:" + endpoint.address().getPort())
                .hasMessageContaining("Address already in use")
                .hasMessageContaining("--metrics");
    }

    @ParameterizedTest
    @CsvSource({
        "9464, 127.0.0.1:9464",
        "localhost:80, 127.0.0.1:80",
        "0.0.0.0:9464, 0.0.0.0:9464",
        "[::1]:9464, [::1]:9464"
    })
    void aPortIsThatOfTheLoopbackAddress(String typed, String meant) {
        InetSocketAddress address = new HostPort().convert(typed);
        assertThat(HostPort.text(address)).isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "example.org:80", "127.0.0.1", "99999", "0.0.0.0:", "a b", "-1"})
    void whatIsNoAddressIsRefused(String typed) {
        assertThatThrownBy(() -> new HostPort().convert(typed))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + typed + "'")
                .hasMessageContaining("9464");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://" + HostPort.text(endpoint.address()) + path);
    }
}
