// SPDX-License-Identifier: Apache-2.0
package org.example.spring;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.capture.Capture;
import dev.unraced.capture.EventHandler;
import java.util.Locale;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Opens a capture by the application's properties {@code unraced.*}, whose events go to its {@link EventHandler}. */
@AutoConfiguration
@ConditionalOnBean(EventHandler.class)
public class UnracedAutoConfiguration {

    /**
     * Makes the configuration from properties with the names of its keys; an unknown name is an error that names it.
     */
    @Bean
    @ConditionalOnMissingBean
    CaptureConfig captureConfig(Environment environment) {
        CaptureConfigBuilder config = CaptureConfig.builder();
        Binder.get(environment)
                .bind("unraced", Bindable.mapOf(String.class, String.class))
                .ifBound(properties -> properties.forEach((key, value) -> {
                    if (!isVariable(key)) {
                        config.set(key, value);
                    }
                }));
        return config.build();
    }

    /**
     * Returns whether a property is an environment variable, which Spring also offers as a property and Unraced reads
     * by itself.
     */
    private static boolean isVariable(String key) {
        return System.getenv()
                .containsKey("UNRACED_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT));
    }

    /** Opens the capture, which closes with the application's context. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Capture capture(CaptureConfig config) {
        return Capture.open(config);
    }

    @Bean
    CaptureRunner captureRunner(Capture capture, EventHandler handler) {
        return new CaptureRunner(capture, handler);
    }
}
