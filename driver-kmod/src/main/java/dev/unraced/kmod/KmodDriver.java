// SPDX-License-Identifier: Apache-2.0
package dev.unraced.kmod;

import dev.unraced.capture.Availability;
import dev.unraced.capture.Availability.Inconclusive;
import dev.unraced.capture.Availability.Unavailable;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.driver.Driver;
import dev.unraced.event.Abi;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.machine.CgroupHierarchies;
import dev.unraced.machine.OfferedAbis;
import dev.unraced.ring.RingCapture;
import dev.unraced.settings.CallHooks;
import java.util.Map;

/**
 * Captures calls from the running kernel by a module of its own. Needs Linux 6.1 or newer on x86_64, the module, and
 * root with CAP_SYS_ADMIN.
 *
 * <p>Arguments are read when a call begins and completed when it returns; in mode kernel they are replaced by the
 * kernel's own copy where the kernel passes a copy on.
 *
 * <p>Calls are seen at tracepoints, or at the kernel's own functions for them ({@code unraced.kmod.hooks}).
 */
public final class KmodDriver implements Driver {
    /** The name that configuration selects. */
    public static final String NAME = "kmod";

    private static final String UNDER_WAY =
            "the module sees the return from a function only of calls that entered it later";
    private static final String REFUSED = "a refused call does not reach the kernel's function for it";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability(CaptureConfig config) {
        CallHooks hooks;
        try {
            hooks = KmodSettings.of(config).hooks();
        } catch (InvalidConfigException e) {
            return Unavailable.of(e);
        }
        Machine machine = Machine.current();
        if (!machine.linux()) {
            return new Unavailable("NOT_LINUX", "The module is one of Linux.", "Choose another driver.");
        }
        Unavailable problem = NativeLibrary.problem();
        if (problem != null) {
            return problem;
        }
        try {
            CallFunctions.attempt(hooks);
            return new Availability.Available();
        } catch (KmodFailure e) {
            return Diagnosis.of(e, machine);
        } catch (RuntimeException | LinkageError e) {
            return new Inconclusive(e.toString());
        }
    }

    /** Returns what the loaded module reports; without a module, what it has on a kernel that supports all. */
    @Override
    public Capabilities capabilities() {
        return declared(KmodSettings.configuredHooks());
    }

    @Override
    public Capabilities capabilities(CaptureConfig config) {
        return declared(KmodSettings.of(config).hooks());
    }

    @Override
    public Map<String, String> notes(CaptureConfig config) {
        return Map.of("hooks", CallFunctions.describe(KmodSettings.of(config).hooks()));
    }

    @Override
    public Capture open(CaptureConfig config) {
        KmodSettings settings = KmodSettings.of(config);
        capabilities().require(config.mitigation(), NAME);
        if (config.processEvents()) {
            capabilities().require(Feature.PROCESS_EVENTS, NAME);
        }
        try {
            KmodSource source = KmodSource.start(settings);
            return new RingCapture(NAME, declared(source.callHooks()), source.reader(), source);
        } catch (KmodFailure e) {
            throw new CaptureException(
                    "driver kmod: " + Diagnosis.of(e, Machine.current()).describe(), e);
        }
    }

    private static Capabilities declared(CallHooks hooks) {
        Capabilities here = Capabilities.complete()
                .without(Feature.REFUSALS_FLAGGED, "a full stash gives up its oldest entry, and refuses nothing")
                .withoutIf(Feature.CONTAINER_ID, CgroupHierarchies::againstContainers)
                .withoutIf(Feature.CGROUP_PATH, CgroupHierarchies::againstContainers)
                .withoutIf(Feature.CALLS_UNDER_WAY, () -> CallFunctions.areTaken(hooks) ? UNDER_WAY : null)
                .withoutIf(Feature.REFUSED_CALLS, () -> CallFunctions.areTaken(hooks) ? REFUSED : null)
                .withoutIf(Abi.IA32, OfferedAbis::ia32UnavailableReason)
                .withoutIf(Abi.X32, OfferedAbis::x32UnavailableReason);
        int features;
        try {
            features = OpenDevice.features();
        } catch (LinkageError e) {
            // Without the library there is no capture either.
            return here;
        }
        if (features != 0 && (features & DeviceLayout.FEATURE_KERNEL) == 0) {
            here = here.without(
                    Mitigation.KERNEL, "this kernel lets no probe into a function whose arguments the mode takes");
        }
        if (features != 0 && (features & DeviceLayout.FEATURE_PROCESSES) == 0) {
            here = here.without(
                    Feature.PROCESS_EVENTS,
                    "this kernel lacks a tracepoint of processes, or the module is an older one");
        }
        if (features != 0 && (features & DeviceLayout.FEATURE_IO_URING) == 0) {
            here = here.without(
                    Origin.IO_URING, "this kernel has no io_uring, or one whose requests the module does not know");
        }
        return here;
    }
}
