// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.process.ProcessTable;
import dev.unraced.server.broadcast.Broadcaster;
import dev.unraced.server.broadcast.SinkReader;
import dev.unraced.server.sink.EventSink;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sinks of a server, found by their names, each with a reader of its own. Not thread-safe. */
public final class Sinks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sinks.class);

    private final List<Open> open = new ArrayList<>();
    private boolean closed;

    /** A sink, and the thread that passes events to it, which there is from {@link Sinks#subscribe} on. */
    private static final class Open implements Progress {
        private final String name;
        private final EventSink sink;
        private volatile @Nullable SinkReader reader;

        Open(String name, EventSink sink) {
            this.name = name;
            this.sink = sink;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long taken() {
            return of(SinkReader::taken);
        }

        @Override
        public long missed() {
            return of(SinkReader::missed);
        }

        @Override
        public long lost() {
            return sink.lost() + failed();
        }

        long failed() {
            return of(SinkReader::failed);
        }

        private long of(ToLongFunction<SinkReader> count) {
            SinkReader now = reader;
            return now == null ? 0 : count.applyAsLong(now);
        }

        private void reader(Consumer<SinkReader> action) {
            SinkReader now = reader;
            if (now != null) {
                action.accept(now);
            }
        }

        @Override
        public @Nullable ProcessTable processes() {
            return sink.processes();
        }
    }

    /**
     * Opens sinks by their names. They get events when they {@linkplain #subscribe subscribe}.
     *
     * @throws InvalidConfigException when no sink has a name, or a sink rejects its settings, or containers are to have
     *     names that no sink carries
     * @throws dev.unraced.capture.CaptureException when a sink cannot be opened
     */
    public static Sinks open(List<String> names, CaptureConfig config) {
        Sinks sinks = new Sinks();
        TreeMap<String, EventSink.Provider> known = new TreeMap<>();
        ServiceLoader.load(EventSink.Provider.class, Sinks.class.getClassLoader())
                .forEach(provider -> known.put(provider.name(), provider));
        try {
            requireDifferent(names);
            requireNaming(names, config, known);
            for (String name : names) {
                EventSink.Provider provider = known.get(name);
                if (provider == null) {
                    throw new InvalidConfigException(
                            List.of("--sink " + name + ": no such sink on the class path; there are "
                                    + (known.isEmpty() ? "none" : String.join(", ", known.keySet()))));
                }
                sinks.open.add(new Open(name, provider.open(config)));
            }
            return sinks;
        } catch (RuntimeException | Error e) {
            sinks.close();
            throw e;
        }
    }

    /**
     * Passes the events of a capture to the sinks, all from the same event on: from its first one if nobody else has
     * begun it. To be called once.
     */
    public void subscribe(Broadcaster broadcaster) {
        if (open.isEmpty()) {
            return;
        }
        Map<String, EventHandler> handlers = new LinkedHashMap<>();
        open.forEach(each -> handlers.put("unraced-sink-" + each.name, each.sink));
        List<SinkReader> readers = broadcaster.addReaders(handlers);
        for (int i = 0; i < readers.size(); i++) {
            open.get(i).reader = readers.get(i);
        }
    }

    /** The protocol has no names of containers, so without such a sink the runtime would be asked for nothing. */
    private static void requireNaming(List<String> names, CaptureConfig config, Map<String, EventSink.Provider> known) {
        if (config.containerNames()
                && known.keySet().containsAll(names)
                && names.stream().noneMatch(name -> known.get(name).namesContainers())) {
            throw new InvalidConfigException(List.of("unraced.container-names ("
                    + config.origin("unraced.container-names")
                    + ") needs a sink that carries names; add --sink file or otlp, or leave out --pods"));
        }
    }

    private static void requireDifferent(List<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw new InvalidConfigException(
                        List.of("--sink " + name + " is given twice; there is one of each name"));
            }
        }
    }

    /** Returns a line for each sink: what it took over, what it lost, and what it missed. */
    public List<String> describe() {
        return open.stream()
                .map(each -> "sink " + each.name + ": " + each.sink.describe() + ", "
                        + each.missed() + " missed because it was too slow"
                        + (each.failed() == 0 ? "" : ", " + each.failed() + " on which it failed"))
                .toList();
    }

    /** Returns the sinks, in the order in which they were named. */
    public List<Progress> progress() {
        return open.stream().<Progress>map(each -> each).toList();
    }

    /** Counts the events that were meant for a sink, by what became of them. Thread-safe. */
    public interface Progress {
        /** Returns the sink's name. */
        String name();

        /** Returns how many events it got. */
        long taken();

        /** Returns how many it did not get, because it was too slow. */
        long missed();

        /** Returns how many of those that it got are lost, by its own account or because it failed on them. */
        long lost();

        /** Returns the sink's table of processes, for its counts alone, or null where it has none. */
        @Nullable
        ProcessTable processes();
    }

    /** Passes on the remaining events, for some seconds at the most, and closes the sinks. Further calls do nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        // All are told first, so that one that hangs does not take the time of the others.
        for (Open each : open) {
            each.reader(SinkReader::ending);
            each.sink.ending();
        }
        for (Open each : open) {
            each.reader(SinkReader::close);
            close(each.name, each.sink);
        }
    }

    private static void close(String name, EventSink sink) {
        try {
            sink.close();
        } catch (RuntimeException e) {
            LOG.warn("Sink {} was not closed in order", name, e);
        }
    }
}
