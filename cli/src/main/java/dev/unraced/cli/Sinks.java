// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.server.sink.EventSink;
import dev.unraced.server.Hub;
import dev.unraced.server.Tap;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The sinks of a server, each with its tap. Not thread-safe. */
final class Sinks implements AutoCloseable {
    private final List<Open> open = new ArrayList<>();

    private record Open(String name, EventSink sink, Tap tap) {}

    /**
     * Opens sinks by their names.
     *
     * @throws InvalidConfigException when no sink has a name, or a sink rejects its settings
     * @throws dev.unraced.driver.CaptureException when a sink cannot be opened
     */
    static Sinks open(List<String> names, CaptureConfig config, Hub hub) {
        Sinks sinks = new Sinks();
        TreeMap<String, EventSink.Provider> known = new TreeMap<>();
        ServiceLoader.load(EventSink.Provider.class, Sinks.class.getClassLoader())
                .forEach(provider -> known.put(provider.name(), provider));
        try {
            for (String name : names) {
                EventSink.Provider provider = known.get(name);
                if (provider == null) {
                    throw new InvalidConfigException(
                            List.of("--sink " + name + ": no such sink on the class path; there are "
                                    + (known.isEmpty() ? "none" : String.join(", ", known.keySet()))));
                }
                EventSink sink = provider.open(config);
                sinks.open.add(new Open(name, sink, hub.tap("unraced-sink-" + name, sink)));
            }
            return sinks;
        } catch (RuntimeException e) {
            sinks.close();
            throw e;
        }
    }

    /** Returns a line for each sink. */
    List<String> describe() {
        return open.stream()
                .map(each -> "sink " + each.name() + ": " + each.sink().describe() + ", "
                        + each.tap().missed() + " missed because it was too slow")
                .toList();
    }

    @Override
    public void close() {
        for (Open each : open) {
            each.tap().close();
            each.sink().close();
        }
    }
}
