// SPDX-License-Identifier: Apache-2.0
package dev.unraced.selection;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.driver.Driver;
import dev.unraced.event.Capability;
import dev.unraced.event.Feature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a driver whether it can run here and has the capabilities that a configuration needs. */
final class DriverCheck {
    private static final Logger LOG = LoggerFactory.getLogger(DriverCheck.class);

    private static final String LACKS_CAPABILITY = "LACKS_CAPABILITY";

    private DriverCheck() {}

    /** Checks a driver. An exception of the driver becomes an answer and is not thrown. */
    static Availability check(Driver driver, CaptureConfig config) {
        try {
            Availability availability = driver.availability(config);
            return availability.isAvailable() ? checkCapabilities(driver.capabilities(config), config) : availability;
        } catch (InvalidConfigException e) {
            return Availability.Unavailable.of(e);
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            LOG.debug("Driver {} failed when asked whether it can run", driver.name(), e);
            return inconclusive(e);
        }
    }

    /** Turns an unexpected exception of a driver into an answer. */
    static Availability inconclusive(Throwable e) {
        return new Availability.Inconclusive(
                e instanceof CaptureException ? String.valueOf(e.getMessage()) : e.toString());
    }

    /** Checks a driver before opening. A driver that is proved by opening is asked only for its capabilities. */
    static Availability checkBeforeOpening(Driver driver, CaptureConfig config) {
        if (!driver.isProvedByOpening()) {
            return check(driver, config);
        }
        try {
            Availability capable = checkCapabilities(driver.capabilities(config), config);
            if (capable.isAvailable()) {
                return capable;
            }
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            LOG.debug("Driver {} failed when asked what it can", driver.name(), e);
        }
        // If the driver cannot run at all, that is the better reason.
        return check(driver, config);
    }

    private static Availability checkCapabilities(Capabilities capabilities, CaptureConfig config) {
        Stream<Capability> extra = Stream.concat(
                config.enterEvents() ? Stream.of(Feature.ENTER_EVENTS) : Stream.empty(),
                config.processEvents() ? Stream.of(Feature.PROCESS_EVENTS) : Stream.empty());
        // A reason that several have, such as a server that is away, is said once.
        Map<String, List<String>> byReason = new LinkedHashMap<>();
        Stream.of(Stream.<Capability>of(config.mitigation()), syscalls(capabilities, config), extra)
                .flatMap(wanted -> wanted)
                .forEach(wanted -> capabilities
                        .reason(wanted)
                        .ifPresent(reason -> byReason.computeIfAbsent(reason, key -> new ArrayList<>())
                                .add(Capabilities.describe(wanted))));
        String lacking = byReason.entrySet().stream()
                .map(each -> String.join(", ", each.getValue()) + " (" + each.getKey() + ")")
                .collect(Collectors.joining(", "));
        return lacking.isEmpty()
                ? new Availability.Available()
                : new Availability.Unavailable(
                        LACKS_CAPABILITY,
                        "It lacks " + lacking + ".",
                        "Change unraced.mitigation, unraced.syscalls, unraced.enter-events or unraced.process-events, or choose another driver.");
    }

    /** Returns the required calls: if the configuration has the default calls, a driver with any of them suffices. */
    private static Stream<? extends Capability> syscalls(Capabilities capabilities, CaptureConfig config) {
        boolean isPartEnough = config.isDefault("unraced.syscalls")
                && config.syscalls().stream().anyMatch(capabilities::has);
        return isPartEnough ? Stream.empty() : config.syscalls().stream();
    }
}
