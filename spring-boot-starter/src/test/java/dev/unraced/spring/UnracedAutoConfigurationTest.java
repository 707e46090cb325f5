// SPDX-License-Identifier: Apache-2.0
package dev.unraced.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.selection.Drivers;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

/** Tests the starter with events of a simulated kernel. */
class UnracedAutoConfigurationTest {
    private static final Duration LONG = Duration.ofSeconds(50);

    private final CountDownLatch events = new CountDownLatch(3);
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(UnracedAutoConfiguration.class))
            .withBean(ApplicationExit.class, () -> exitCode::complete)
            .withPropertyValues("unraced.driver=sim", "unraced.mitigation=kernel");

    private static Health health(ApplicationContext context) {
        return context.getBean(HealthIndicator.class).health();
    }

    @Test
    void eventsReachTheApplicationsHandlerUntilItsContextIsClosed() {
        Capture[] capture = new Capture[1];
        application
                .withBean(EventHandler.class, () -> event -> events.countDown())
                .run(context -> {
                    capture[0] = context.getBean(Capture.class);
                    assertThat(capture[0].driver()).isEqualTo("sim");
                    assertThat(capture[0].mitigation().name()).isEqualTo("KERNEL");
                    assertThat(events.await(50, TimeUnit.SECONDS)).isTrue();
                    assertThat(health(context).getStatus()).isEqualTo(Status.UP);
                    assertThat(health(context).getDetails())
                            .containsKeys("driver", "delivered", "lost", "handlerFailures", "sinceHandover");
                });

        assertThat(capture[0].isOpen()).isFalse();
    }

    @Test
    void anApplicationThatIsStoppedCanBeStartedAgain() {
        AtomicInteger handled = new AtomicInteger();
        application
                .withBean(EventHandler.class, () -> event -> handled.incrementAndGet())
                .run(context -> {
                    CaptureRunner runner = context.getBean(CaptureRunner.class);
                    await().atMost(LONG).until(() -> handled.get() > 0);
                    context.getSourceApplicationContext().stop();
                    assertThat(runner.isRunning()).isFalse();
                    assertThat(context.getBean(Capture.class).isOpen()).isTrue();
                    assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
                    int before = handled.get();

                    context.getSourceApplicationContext().start();
                    await().atMost(LONG).until(() -> handled.get() > before);
                    assertThat(runner.isRunning()).isTrue();
                    assertThat(health(context).getStatus()).isEqualTo(Status.UP);
                    assertThat(runner.failure()).isEmpty();
                });
    }

    @Test
    void aHandlerMayStopItsConsumer() {
        CompletableFuture<CaptureRunner> runner = new CompletableFuture<>();
        application
                .withBean(EventHandler.class, () -> event -> runner.join().stop())
                .run(context -> {
                    runner.complete(context.getBean(CaptureRunner.class));
                    await().atMost(LONG).until(() -> !runner.join().isRunning());
                });
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

    @Test
    void allMistakesAreToldAtOnce() {
        application
                .withPropertyValues("unraced.mitigation=of", "unraced.driver=smi")
                .withBean(EventHandler.class, () -> event -> {})
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidConfigException.class)
                        .hasMessageContaining("mitigation")
                        .hasMessageContaining("the nearest is off")
                        .hasMessageContaining("smi")
                        .hasMessageContaining("the nearest is sim"));
    }

    @Test
    void anApplicationMayHaveDriversOfItsOwn() {
        application
                .withBean(Drivers.class, Drivers::of)
                .withBean(EventHandler.class, () -> event -> {})
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("there is none on the class path"));
    }

    @Test
    void aHandlerThatThrowsStopsTheApplicationWithAFailure() {
        application
                .withBean(EventHandler.class, UnracedAutoConfigurationTest::failing)
                .run(context -> {
                    assertThat(exitCode.get(50, TimeUnit.SECONDS)).isEqualTo(1);
                    assertThat(context.getSourceApplicationContext().isActive()).isFalse();
                });
    }

    @Test
    void theProcessOfAnApplicationWhoseHandlerThrowsEndsWithAFailure() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FailingApplication.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
        } finally {
            process.destroyForcibly();
        }
    }

    /** An application that would go on for ever. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(UnracedAutoConfiguration.class)
    static class FailingApplication {
        public static void main(String[] args) throws InterruptedException {
            SpringApplication.run(
                    FailingApplication.class, "--unraced.driver=sim", "--spring.main.web-application-type=none");
            Thread.sleep(Long.MAX_VALUE);
        }

        @Bean
        EventHandler handler() {
            return failing();
        }
    }

    @Test
    void aVariableHasItsPlaceAmongSpringsProperties() throws Exception {
        ProcessBuilder child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ApplicationWithVariables.class.getName())
                .redirectErrorStream(true);
        child.environment()
                .putAll(Map.of(
                        "UNRACED_MITIGATION", "off",
                        "UNRACED_STASH_LONG_PATHS", "2",
                        "UNRACED_HOME", "/opt/unraced"));
        Process process = child.start();
        try (InputStream output = process.getInputStream()) {
            assertThat(new String(output.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("mitigation KERNEL, long paths 2 (environment variable UNRACED_STASH_LONG_PATHS)");
        } finally {
            process.destroyForcibly();
        }
    }

    /** An application with a property that Spring prefers to variables, and one to which it prefers them. */
    static class ApplicationWithVariables {
        public static void main(String[] args) {
            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(UnracedAutoConfiguration.class))
                    .withPropertyValues("unraced.driver=sim", "unraced.mitigation=kernel")
                    .withInitializer(context -> context.getEnvironment()
                            .getPropertySources()
                            .addLast(new MapPropertySource("defaults", Map.of("unraced.stash.long-paths", "3"))))
                    .withBean(EventHandler.class, () -> event -> {})
                    .run(context -> {
                        CaptureConfig config = context.getBean(CaptureConfig.class);
                        System.out.println("mitigation " + config.mitigation() + ", long paths "
                                + config.stashLongPaths() + " (" + config.origin("unraced.stash.long-paths") + ")");
                    });
        }
    }

    @Test
    void aHandlerThatThrowsMayBeAskedAgain() {
        AtomicInteger asked = new AtomicInteger();
        application
                .withPropertyValues("unraced.spring.on-failure=continue")
                .withBean(EventHandler.class, () -> event -> {
                    if (asked.incrementAndGet() < 3) {
                        throw new IllegalStateException("not yet");
                    }
                    events.countDown();
                })
                .run(context -> {
                    assertThat(events.await(50, TimeUnit.SECONDS)).isTrue();
                    assertThat(health(context).getStatus()).isEqualTo(Status.UP);
                    assertThat(health(context).getDetails()).containsEntry("handlerFailures", 2L);
                    assertThat(context.getBean(CaptureRunner.class).failure()).isPresent();
                });
    }

    @Test
    void aConsumerThatEndedIsReported() {
        application
                .withPropertyValues("unraced.spring.on-failure=report")
                .withBean(EventHandler.class, UnracedAutoConfigurationTest::failing)
                .run(context -> {
                    await().atMost(LONG)
                            .untilAsserted(() ->
                                    assertThat(health(context).getStatus()).isEqualTo(Status.DOWN));
                    assertThat(String.valueOf(health(context).getDetails().get("failure")))
                            .contains("no good");
                    assertThat(context.getSourceApplicationContext().isActive()).isTrue();
                });
    }

    private static EventHandler failing() {
        return event -> {
            throw new IllegalStateException("no good");
        };
    }
}
