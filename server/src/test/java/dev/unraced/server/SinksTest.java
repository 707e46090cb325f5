// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.unraced.config.CaptureConfig;
import dev.unraced.event.EventView;
import dev.unraced.server.broadcast.Broadcaster;
import dev.unraced.server.broadcast.SinkReader;
import dev.unraced.server.sink.EventSink;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SinksTest {
    private static final AtomicInteger OPEN = new AtomicInteger();

    private final Broadcaster broadcaster = mock(Broadcaster.class);

    /** Counts the sinks that are open. */
    public static final class Counted implements EventSink.Provider {
        @Override
        public String name() {
            return "counted";
        }

        @Override
        public EventSink open(CaptureConfig config) {
            OPEN.incrementAndGet();
            return new EventSink() {
                @Override
                public void onEvent(EventView event) {}

                @Override
                public String describe() {
                    return "nothing";
                }

                @Override
                public void close() {
                    OPEN.decrementAndGet();
                }
            };
        }
    }

    /** Lacks a class. */
    public static final class Incomplete implements EventSink.Provider {
        @Override
        public String name() {
            return "incomplete";
        }

        @Override
        public EventSink open(CaptureConfig config) {
            throw new NoClassDefFoundError("org/example/Producer");
        }
    }

    @BeforeEach
    void none() {
        OPEN.set(0);
    }

    private Sinks open(String... names) {
        return Sinks.open(List.of(names), CaptureConfig.builder().build());
    }

    @Test
    void aSinkWithoutAReaderIsClosed() {
        when(broadcaster.addReaders(any())).thenThrow(new CompletionException(new IllegalStateException("no thread")));
        try (Sinks sinks = open("counted")) {
            assertThatThrownBy(() -> sinks.subscribe(broadcaster)).hasRootCauseMessage("no thread");
            assertThat(sinks.progress()).allMatch(each -> each.taken() == 0);
        }
        assertThat(OPEN).hasValue(0);
    }

    @Test
    void anErrorOfOneSinkClosesThoseBefore() {
        when(broadcaster.addReaders(any())).thenReturn(List.of(mock(SinkReader.class)));
        assertThatThrownBy(() -> open("counted", "incomplete")).isInstanceOf(NoClassDefFoundError.class);
        assertThat(OPEN).hasValue(0);
        try (Sinks sinks = open("counted")) {
            sinks.subscribe(broadcaster);
            assertThat(sinks.progress()).hasSize(1);
            assertThat(OPEN).hasValue(1);
        }
        assertThat(OPEN).hasValue(0);
    }
}
