// SPDX-License-Identifier: Apache-2.0
package org.example.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

class AgentTest {

    @Test
    void theApplicationCountsWhatFails() throws InterruptedException {
        try (ConfigurableApplicationContext application = SpringApplication.run(Agent.class, "--unraced.driver=sim")) {
            assertThat(application.getBean(Capture.class).driver()).isEqualTo("sim");
            for (int looks = 0; application.getBean(Agent.class).failed() == 0 && looks < 500; looks++) {
                Thread.sleep(100);
            }
            assertThat(application.getBean(Agent.class).failed()).isPositive();
        }
    }
}
