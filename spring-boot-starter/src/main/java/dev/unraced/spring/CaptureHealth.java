// SPDX-License-Identifier: Apache-2.0
package dev.unraced.spring;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Says whether events are consumed: down once the consumer has ended, whatever the reason. */
final class CaptureHealth implements HealthIndicator {
    private final Capture capture;
    private final CaptureRunner runner;

    CaptureHealth(Capture capture, CaptureRunner runner) {
        this.capture = capture;
        this.runner = runner;
    }

    @Override
    public Health health() {
        CaptureStats stats = capture.stats();
        boolean alive = capture.isOpen() && runner.isRunning() && stats.consuming();
        Health.Builder health = alive ? Health.up() : Health.down();
        health.withDetail("driver", capture.driver())
                .withDetail("mitigation", capture.mitigation())
                .withDetail("delivered", stats.delivered())
                .withDetail("lost", stats.totalLost())
                .withDetail("handlerFailures", stats.handlerFailures())
                .withDetail("sinceHandover", Duration.ofNanos(stats.sinceHandoverNanos()));
        runner.failure().ifPresent(failure -> health.withDetail("failure", String.valueOf(failure)));
        return health.build();
    }
}
