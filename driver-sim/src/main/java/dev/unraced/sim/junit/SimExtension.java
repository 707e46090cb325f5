// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.junit;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureStats;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.sim.SimDriver;
import dev.unraced.sim.SimKernel;
import java.lang.reflect.Method;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Gives each test that asks for it a fresh {@link SimKernel}, and a {@link Capture} of its calls. Methods that run
 * before and after the test get the same two.
 *
 * <p>After the test the capture is closed. A passed test then fails when calls are still under way, or when the
 * statistics of the capture do not balance.
 *
 * @see SimConfig
 */
public final class SimExtension implements ParameterResolver, AfterEachCallback {
    private static final Namespace NAMESPACE = Namespace.create(SimExtension.class);
    private static final String KEY = "machine";

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return parameter.getDeclaringExecutable() instanceof Method
                && context.getTestMethod().isPresent()
                && (type == SimKernel.class || type == Capture.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Machine machine = context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(KEY, key -> new Machine(SimKernel.create(), config(context)), Machine.class);
        return parameter.getParameter().getType() == SimKernel.class ? machine.kernel : machine.capture();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Machine machine = context.getStore(NAMESPACE).remove(KEY, Machine.class);
        if (machine != null) {
            machine.end(context.getExecutionException().isEmpty());
        }
    }

    private static CaptureConfig config(ExtensionContext context) {
        CaptureConfigBuilder config = CaptureConfig.builder().driver(SimDriver.NAME);
        Optional<SimConfig> wanted = AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), SimConfig.class)
                .or(() -> AnnotationSupport.findAnnotation(context.getRequiredTestClass(), SimConfig.class));
        wanted.ifPresent(own -> apply(own, config));
        return config.build();
    }

    private static void apply(SimConfig own, CaptureConfigBuilder config) {
        config.origin("@SimConfig").mitigation(own.mitigation()).stashEntries(own.stashEntries());
        if (own.syscalls().length > 0) {
            config.syscalls(own.syscalls());
        }
        for (String setting : own.set()) {
            int equals = setting.indexOf('=');
            if (equals < 1) {
                throw new ExtensionConfigurationException("@SimConfig: '" + setting + "' is not KEY=VALUE");
            }
            config.set(setting.substring(0, equals), setting.substring(equals + 1));
        }
    }

    /** The machine and the capture of one test. */
    private static final class Machine {
        private final SimKernel kernel;
        private final CaptureConfig config;
        private @Nullable Capture capture;

        Machine(SimKernel kernel, CaptureConfig config) {
            this.kernel = kernel;
            this.config = config;
        }

        Capture capture() {
            if (capture == null) {
                capture = kernel.capture(config);
            }
            return capture;
        }

        void end(boolean passed) {
            if (capture == null) {
                return;
            }
            long underWay = capture.stats().stash().live();
            capture.close();
            if (passed) {
                check(underWay, capture.stats());
            }
        }

        private static void check(long underWay, CaptureStats stats) {
            if (underWay > 0) {
                throw new AssertionError("At the end of the test the stash still held the arguments of " + underWay
                        + (underWay == 1 ? " call" : " calls") + " under way. Let every call return (SimCall.finish),"
                        + " or end its thread (SimProcess.kill).");
            }
            if (stats.imbalance() != 0 || stats.stash().imbalance() != 0) {
                throw new AssertionError("The statistics of the capture do not balance: off by " + stats.imbalance()
                        + ", those of its stash by " + stats.stash().imbalance() + ". " + stats);
            }
        }
    }
}
