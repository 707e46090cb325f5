// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Configuration layers that a test fills, over the real defaults and those of an imaginary driver. */
public final class Layers {
    private static final Config DRIVER = ConfigFactory.parseString("""
            unraced.ebpf {
              libbpf = "libbpf.so.1"
              batch = 64
              verbose = false
              hooks = [trampoline, tracepoint]
              token = null
            }
            """);

    private final Map<String, String> environment = new HashMap<>();
    private final Properties properties = new Properties();
    private Path defaultFile = Path.of("/nonexistent/unraced.conf");

    Layers variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Layers property(String name, String value) {
        properties.setProperty(name, value);
        return this;
    }

    Layers defaultFile(Path file) {
        defaultFile = file;
        return this;
    }

    /** Returns a builder that sees neither the environment of the test run nor the machine's file. */
    public CaptureConfigBuilder builder() {
        Config reference = DRIVER.withFallback(ConfigLoader.reference(CaptureConfig.class.getClassLoader()));
        return new CaptureConfigBuilder(new ConfigLoader(environment, properties, defaultFile, reference));
    }

    CaptureConfig load() {
        return builder().build();
    }

    List<String> problems() {
        return problems(builder());
    }

    static List<String> problems(CaptureConfigBuilder builder) {
        return assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(builder::build)
                .withNoCause()
                .actual()
                .problems();
    }
}
