// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.EventFilters;
import dev.unraced.config.ResultFilter;
import dev.unraced.driver.Availability;
import dev.unraced.driver.Availability.Inconclusive;
import dev.unraced.driver.Availability.Unavailable;
import dev.unraced.driver.Capabilities;
import dev.unraced.driver.Capture;
import dev.unraced.driver.CaptureException;
import dev.unraced.driver.Driver;
import dev.unraced.event.Abi;
import dev.unraced.event.Feature;
import dev.unraced.event.Origin;
import dev.unraced.ring.RingCapture;

/**
 * Captures calls from the running kernel by a module of its own. Needs Linux 6.1 or newer on x86_64, the module, and
 * root with CAP_SYS_ADMIN.
 *
 * <p>Arguments are read in the {@code sys_enter} tracepoint and completed in {@code sys_exit}; in mode kernel they are
 * replaced by the kernel's own copy where it hands it on.
 */
public final class KmodDriver implements Driver {
    /** The name that configuration selects. */
    public static final String NAME = "kmod";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability(CaptureConfig config) {
        Machine machine = Machine.current();
        if (!machine.linux()) {
            return new Unavailable("NOT_LINUX", "The module is one of Linux.", "Choose another driver.");
        }
        try {
            KmodSource source = KmodSource.start(KmodSettings.smallest());
            source.stop();
            source.release();
            return new Availability.Available();
        } catch (KmodFailure e) {
            return Diagnosis.of(e, machine);
        } catch (UnsatisfiedLinkError e) {
            return new Unavailable(
                    "NO_LIBRARY", "The driver's library cannot be loaded: " + e.getMessage() + ".", "Build it here.");
        } catch (RuntimeException | LinkageError e) {
            return new Inconclusive(e.toString());
        }
    }

    @Override
    public Capabilities capabilities() {
        return Declared.CAPABILITIES;
    }

    @Override
    public Capture open(CaptureConfig config) {
        capabilities().require(config.mitigation(), NAME);
        if (config.enterEvents()) {
            capabilities().require(Feature.ENTER_EVENTS, NAME);
        }
        requireFilters(config.filters());
        try {
            KmodSource source = KmodSource.start(KmodSettings.of(config));
            return new RingCapture(NAME, capabilities(), source.reader(), source);
        } catch (KmodFailure e) {
            throw new CaptureException(
                    "driver kmod: " + Diagnosis.of(e, Machine.current()).describe(), e);
        }
    }

    /** A filter that would let everything pass is worse than none. */
    private void requireFilters(EventFilters filters) {
        if (!filters.mountNamespaces().isEmpty()
                || !filters.paths().isEmpty()
                || filters.result() != ResultFilter.ALL) {
            capabilities().require(Feature.SOURCE_FILTERS, NAME);
        }
    }

    /** Found out when first asked for, since it depends on the kernel. */
    private static final class Declared {
        static final Capabilities CAPABILITIES =
                takesX32() ? common() : common().without(Abi.X32, "this kernel takes no calls by the x32 convention");

        private Declared() {}

        private static Capabilities common() {
            return Capabilities.complete()
                    .without(
                            Origin.IO_URING,
                            "io_uring requests pass no system call's tracepoint, and nothing follows them yet")
                    .without(Feature.REFUSALS_FLAGGED, "a full stash gives up its oldest entry, and refuses nothing")
                    .without(Feature.ENTER_EVENTS, "the module writes one record per call, and none at its entry yet")
                    .without(
                            Feature.SOURCE_FILTERS,
                            "the module filters by thread group, user and cgroup, but not by mount namespace, path or"
                                    + " result yet")
                    .without(Feature.CONTAINER_ID, "the kernel has cgroups and namespaces, but no containers");
        }

        private static boolean takesX32() {
            try {
                return Device.takesX32();
            } catch (LinkageError e) {
                // Without the library there will be no capture either.
                return false;
            }
        }
    }
}
