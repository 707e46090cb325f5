// SPDX-License-Identifier: Apache-2.0
package dev.unraced.driver;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.event.Capability;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a driver whether it can run here and do what a configuration wants. */
final class DriverCheck {
    private static final Logger LOG = LoggerFactory.getLogger(DriverCheck.class);

    private static final String LACKS_CAPABILITY = "LACKS_CAPABILITY";

    private DriverCheck() {}

    /** Never throws what the driver throws: that is an answer, too. */
    static Availability check(Driver driver, CaptureConfig config) {
        try {
            Availability availability = driver.availability(config);
            return availability.isAvailable() ? checkCapabilities(driver.capabilities(config), config) : availability;
        } catch (InvalidConfigException e) {
            return Availability.Unavailable.of(e);
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("Driver {} failed when asked whether it can run", driver.name(), e);
            return inconclusive(e);
        }
    }

    /** What an exception that a driver should not have thrown says about it. */
    static Availability inconclusive(Throwable e) {
        return new Availability.Inconclusive(
                e instanceof CaptureException ? String.valueOf(e.getMessage()) : e.toString());
    }

    /** What {@link #check} finds out before a capture opens, where opening itself finds out the rest. */
    static Availability checkBeforeOpening(Driver driver, CaptureConfig config) {
        if (!driver.isProvedByOpening()) {
            return check(driver, config);
        }
        try {
            Availability capable = checkCapabilities(driver.capabilities(config), config);
            if (capable.isAvailable()) {
                return capable;
            }
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("Driver {} failed when asked what it can", driver.name(), e);
        }
        // Where nothing can run at all, that is the better reason.
        return check(driver, config);
    }

    private static Availability checkCapabilities(Capabilities capabilities, CaptureConfig config) {
        Stream<Capability> extra = config.enterEvents() ? Stream.of(Feature.ENTER_EVENTS) : Stream.empty();
        String lacking = Stream.of(Stream.<Capability>of(config.mitigation()), syscalls(capabilities, config), extra)
                .flatMap(wanted -> wanted)
                .filter(wanted -> !capabilities.has(wanted))
                .map(wanted -> describe(wanted, capabilities.reason(wanted)))
                .collect(Collectors.joining(", "));
        return lacking.isEmpty()
                ? new Availability.Available()
                : new Availability.Unavailable(
                        LACKS_CAPABILITY,
                        "It lacks " + lacking + ".",
                        "Change unraced.mitigation, unraced.syscalls or unraced.enter-events, or choose another driver.");
    }

    /** Of calls that nobody has asked for by name, those will do that the driver has. */
    private static Stream<? extends Capability> syscalls(Capabilities capabilities, CaptureConfig config) {
        boolean isPartEnough = config.isDefault("unraced.syscalls")
                && config.syscalls().stream().anyMatch(capabilities::has);
        return isPartEnough ? Stream.empty() : config.syscalls().stream();
    }

    private static String describe(Capability capability, @Nullable String reason) {
        String name = capability.name().toLowerCase(Locale.ROOT);
        String what = capability instanceof Mitigation
                ? "mitigation " + name
                : capability instanceof Feature ? name.replace('_', ' ') : "the call " + name;
        return what + " (" + reason + ")";
    }
}
