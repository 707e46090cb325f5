// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.ActorHost;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ActorHostTest {
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private int closed;

    private final ActorHost host = () -> new ActorHost.Conversation() {
        @Override
        public InputStream replies() {
            return new ByteArrayInputStream("ok tgid=77\nerror EPERM\n".getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public OutputStream commands() {
            return heard;
        }

        @Override
        public void close() {
            closed++;
        }
    };

    @Test
    void aDriverWithAnActorHostHasItsActorsThere() {
        DriverUnderTest under = new DiscoveredDriver(FakeDriver.available(), Optional.of(host));

        try (Actor actor = under.actor()) {
            assertThat(actor.tgid()).isEqualTo(77);
            assertThat(actor.user()).isEmpty();
            assertThat(actor.isHere()).isFalse();
        }

        assertThat(heard.toString(StandardCharsets.US_ASCII)).startsWith("ready\nuser id=1500000077\n");
        assertThat(closed).isEqualTo(1);
    }

    @Test
    void aDriverWithoutOneHasItsActorsHere() {
        DriverUnderTest under = new DiscoveredDriver(FakeDriver.available(), Optional.empty());

        try (Actor actor = under.actor()) {
            assertThat(actor.isHere()).isTrue();
        }
    }
}
