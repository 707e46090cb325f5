// SPDX-License-Identifier: Apache-2.0
package dev.unraced.spring;

import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.selection.Drivers;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Opens a capture by the application's properties {@code unraced.*}, whose events go to its {@link EventHandler}.
 * Without such a bean nothing is captured.
 */
@AutoConfiguration
@ConditionalOnBean(EventHandler.class)
public class UnracedAutoConfiguration {
    private static final String ROOT = "unraced";
    /** The keys below are the starter's own, and none of a capture. */
    private static final String OWN = "spring.";

    private static final String ON_FAILURE = ROOT + "." + OWN + "on-failure";

    /** Finds the drivers on the class path. */
    @Bean
    @ConditionalOnMissingBean
    Drivers drivers() {
        return Drivers.discover();
    }

    /**
     * Makes the configuration from properties with the names of its keys. All mistakes come in one exception, unknown
     * keys and unknown drivers included.
     */
    @Bean
    @ConditionalOnMissingBean
    CaptureConfig captureConfig(Environment environment, Drivers drivers) {
        CaptureConfigBuilder config = CaptureConfig.builder().knownDrivers(drivers.names());
        Binder.get(environment)
                .bind(ROOT, Bindable.mapOf(String.class, String.class))
                .orElseGet(Map::of)
                .forEach((key, value) -> {
                    if (!key.startsWith(OWN) && !value.equals(variable(key))) {
                        config.set(key, value);
                    }
                });
        return config.build();
    }

    /**
     * Returns the value of a property's environment variable, or null. Spring offers variables as properties, too, by
     * names that need not be a key's, and Unraced reads them by itself. A property with another value than its variable
     * comes from elsewhere, and Spring prefers that to the variable.
     */
    private static @Nullable String variable(String key) {
        return System.getenv(
                "UNRACED_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT));
    }

    /** Opens the capture, which closes with the application's context. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Capture capture(CaptureConfig config, Drivers drivers) {
        return drivers.open(config);
    }

    @Bean
    @ConditionalOnMissingBean
    ApplicationExit applicationExit() {
        return System::exit;
    }

    @Bean
    @ConditionalOnMissingBean
    CaptureRunner captureRunner(
            Capture capture, EventHandler handler, ConfigurableApplicationContext application, ApplicationExit exit) {
        OnFailure onFailure = Binder.get(application.getEnvironment())
                .bind(ON_FAILURE, OnFailure.class)
                .orElse(OnFailure.STOP);
        return new CaptureRunner(capture, handler, onFailure, () -> exit.exit(SpringApplication.exit(application)));
    }

    /** The health of the capture, where the application has Spring Boot's health. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class Health {

        @Bean
        @ConditionalOnMissingBean(name = "unracedHealthIndicator")
        HealthIndicator unracedHealthIndicator(Capture capture, CaptureRunner runner) {
            return new CaptureHealth(capture, runner);
        }
    }
}
