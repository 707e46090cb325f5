// SPDX-License-Identifier: Apache-2.0
package org.example.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class UnracedAutoConfigurationTest {
    private final CountDownLatch events = new CountDownLatch(3);
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(UnracedAutoConfiguration.class))
            .withPropertyValues("unraced.driver=sim", "unraced.mitigation=kernel");

    @Test
    void eventsReachTheApplicationsHandlerUntilItsContextIsClosed() {
        Capture[] capture = new Capture[1];
        application.withBean(EventHandler.class, () -> event -> events.countDown()).run(context -> {
            capture[0] = context.getBean(Capture.class);
            assertThat(capture[0].driver()).isEqualTo("sim");
            assertThat(capture[0].mitigation().name()).isEqualTo("KERNEL");
            assertThat(events.await(50, TimeUnit.SECONDS)).isTrue();
        });

        assertThat(capture[0].isOpen()).isFalse();
    }

    @Test
    void nothingIsCapturedForNobody() {
        application.run(context -> assertThat(context).doesNotHaveBean(Capture.class));
    }

    @Test
    void aPropertyThatIsNoKeyStopsTheApplicationAndIsNamed() {
        application
                .withPropertyValues("unraced.mitigatoin=off")
                .withBean(EventHandler.class, () -> event -> {})
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("mitigatoin"));
    }
}
