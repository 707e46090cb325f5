// SPDX-License-Identifier: Apache-2.0
package dev.unraced.otlp;

import static dev.unraced.server.sink.SinkSettings.within;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.ConfigSection;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.format.HostName;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The settings in {@code unraced.otlp}.
 *
 * @param endpoint where log records go
 * @param host the name of this machine
 * @param timeout the longest time of one request
 * @param batch the most events of one request
 * @param headers further headers of each request
 * @param authorities certificates by which the receiver is known, in PEM
 * @param certificate this machine's certificate, in PEM
 * @param key its private key, in PEM
 */
record OtlpSettings(
        String endpoint,
        String host,
        Duration timeout,
        int batch,
        Map<String, String> headers,
        Optional<byte[]> authorities,
        Optional<byte[]> certificate,
        Optional<byte[]> key) {
    static final String SECTION = "unraced.otlp.";
    /** RFC 9110, 5.6.2: token. */
    private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    static OtlpSettings of(CaptureConfig config) {
        ConfigSection own = config.section(OtlpSink.NAME);
        List<String> problems = new ArrayList<>();
        Optional<byte[]> certificate = file(own, "certificate", problems);
        Optional<byte[]> key = file(own, "key", problems);
        if (own.string("certificate").isEmpty() != own.string("key").isEmpty()) {
            problems.add(SECTION + "certificate and " + SECTION + "key belong together; one of them is empty");
        }
        OtlpSettings settings = new OtlpSettings(
                endpoint(own.string("endpoint"), problems),
                own.string("host"),
                Duration.ofMillis(within(own.number("timeout-ms"), SECTION + "timeout-ms", 100, 600_000, problems)),
                (int) within(own.number("batch"), SECTION + "batch", 1, 10_000, problems),
                headers(own, problems),
                file(own, "authorities", problems),
                certificate,
                key);
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
        return settings.host().isEmpty() ? settings.with(HostName.ofThisMachine()) : settings;
    }

    private OtlpSettings with(String name) {
        return new OtlpSettings(endpoint, name, timeout, batch, headers, authorities, certificate, key);
    }

    private static String endpoint(String text, List<String> problems) {
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return text;
            }
        } catch (URISyntaxException e) {
            problems.add(SECTION + "endpoint = " + text + ": " + e.getReason());
            return text;
        }
        problems.add(SECTION + "endpoint = " + text + "; allowed: http://HOST:PORT/v1/logs, or https://…");
        return text;
    }

    /** Reads headers. They can be secrets, so no message repeats a line. */
    private static Map<String, String> headers(ConfigSection own, List<String> problems) {
        Map<String, String> headers = new TreeMap<>();
        byte[] bytes = file(own, "headers", problems).orElse(new byte[0]);
        int number = 0;
        for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int end = line.indexOf('=');
            String name = end < 0 ? "" : line.substring(0, end).strip();
            if (HEADER.matcher(name).matches()) {
                headers.put(name, line.substring(end + 1).strip());
            } else {
                problems.add(SECTION + "headers: line " + number + " of " + own.string("headers")
                        + " is not name=value, with a name of HTTP");
            }
        }
        return headers;
    }

    private static Optional<byte[]> file(ConfigSection own, String key, List<String> problems) {
        Optional<Path> file = own.path(key, problems);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readAllBytes(file.get()));
        } catch (IOException e) {
            problems.add(SECTION + key + ": " + file.get() + " cannot be read");
            return Optional.empty();
        }
    }
}
