// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import com.sun.jna.Memory;
import dev.unraced.capture.Availability;
import dev.unraced.capture.Availability.Inconclusive;
import dev.unraced.capture.Availability.Unavailable;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.driver.Driver;
import dev.unraced.event.Abi;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.gvisor.session.Runsc;
import dev.unraced.gvisor.session.RunscException;
import dev.unraced.linux.SocketTypes;
import dev.unraced.natives.LibC;
import dev.unraced.ring.RingCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Captures the calls of gVisor sandboxes: listens on the socket that their trace sessions name, and attaches to running
 * ones on request. It needs no privilege, only a socket that the sandboxes can reach.
 *
 * <p>A sentry reads arguments from the application's memory at entry and again at the return, and at another time for
 * the call itself. No event proves what the call acted on; {@code docs/gvisor.md} says what an event does prove.
 */
public final class GvisorDriver implements Driver {
    /** The name that configuration selects. */
    public static final String NAME = "gvisor";

    private static final Capabilities CAPABILITIES = Capabilities.complete()
            .without(Syscall.OPENAT2, "no sentry has it: it answers ENOSYS, upon which libraries use openat")
            .without(Abi.IA32, "a sandbox takes 64-bit calls alone")
            .without(Abi.X32, "a sandbox takes no calls by the x32 convention")
            .without(Origin.IO_URING, "sandboxes have io_uring only where it is switched on, and no point tells of it")
            .without(Mitigation.KERNEL, "no trace point has the copy that the call itself made")
            .without(
                    Integrity.MATCH,
                    "what a sentry tells of a file is of later than the open, and of a socket it tells nothing")
            .without(Integrity.DIFFERS, "the file is known only of opens whose descriptor is used soon afterwards")
            .without(Feature.DEVICE_INODE, "no trace point has them")
            .without(Feature.RESOLVED_PATH, "the path is known only of opens whose descriptor is used soon afterwards")
            .without(Feature.CREATED_FLAG, "no trace point tells it")
            .without(Feature.SOCKET_TUPLE, "no trace point has the addresses of a socket")
            .without(Feature.PARENT, "trace points of calls do not name the parent")
            .without(Feature.CGROUP_ID, "cgroups of a sandbox are its own, and no trace point names them")
            .without(Feature.NAMESPACES, "no trace point names them")
            .without(Feature.START_NAMESPACES, "no trace point names mount namespaces")
            .without(Feature.OWN_CALLS, "the capturing process is in no sandbox")
            .without(Feature.ENTER_EVENTS, "the driver makes one record of a call, and none at its entry")
            .without(Feature.EXEC_CALLS, "a sentry tells neither capabilities nor the ids of after an exec")
            .without(Feature.TERMINALS, "no trace point names the controlling terminal")
            .without(Feature.CGROUP_PATH, "cgroups of a sandbox are its own, and no trace point names them")
            .without(Feature.PROCESSES_ALIVE, "trace points tell of what happens, and of nothing that was there")
            .without(Feature.EXEC_PATH, "the path that an exec asked for is told by newer sentries alone")
            .without(Feature.EXECUTABLE_INODE, "no trace point has device and inode of a program")
            .without(Feature.EXEC_INTERPRETER, "of a script a sentry tells the script, and not its interpreter")
            .without(Feature.CALLS_UNDER_WAY, "a sentry decides at entry whether a call has points")
            .without(Feature.ANY_BYTES, "a sentry sends nothing of a call whose strings are no UTF-8")
            .without(Feature.LONG_ARGUMENTS, "a sentry reads none that is longer than its calls take")
            .without(Feature.RESTARTED_CALLS, "a sentry ends an interrupted open with EINTR")
            .without(Feature.BLOCKING_CONNECTS, "a sentry ends such a connect with EAGAIN")
            .without(
                    Feature.REUSED_IDS,
                    "a sentry lets no process choose an id, and takes an old one after 65,536 others")
            .without(Feature.SEVERAL_CAPTURES, "a sandbox has one trace session, and runsc makes no second one")
            .without(Feature.SEVERAL_PROCESSES, "a sandbox has one trace session, and runsc makes no second one")
            .without(Feature.RATE_LIMITS, "a sentry sends what it has before anybody could count it")
            .without(Feature.LOSSES_BY_CALLER, "cgroups of a sandbox are its own, and no trace point names them")
            .without(Feature.CONNECTING_PEER, "no trace point has the addresses of a socket")
            .without(Feature.DETACHED_FLAG, "no trace point tells of mounts")
            .without(Feature.FILTER_CGROUP, "cgroups of a sandbox are its own, and no trace point names them")
            .without(Feature.FILTER_MOUNT_NAMESPACE, "no trace point names mount namespaces")
            .without(Feature.FILTER_EXECUTABLE, "no trace point of a call names the program's file")
            .without(Feature.FILTERS_AT_ENTRY, "filters apply at the return, when the call has had its stash entry");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability(CaptureConfig config) {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return new Unavailable("NOT_LINUX", "gVisor runs on Linux.", "Choose another driver.");
        }
        try {
            GvisorSettings settings = GvisorSettings.of(config);
            if (!settings.attach().isEmpty()) {
                new Runsc(settings.runsc(), settings.root()).running();
            }
            return listens();
        } catch (InvalidConfigException e) {
            return Unavailable.of(e);
        } catch (RunscException e) {
            return new Unavailable(
                    "NO_RUNSC",
                    "Sandboxes cannot be asked: " + e.getMessage() + ".",
                    "Make runsc and its --root reachable, or leave unraced.gvisor.attach empty.");
        } catch (IOException | RuntimeException | LinkageError e) {
            return new Inconclusive(e.toString());
        }
    }

    /** Tests that a socket of the kind that sandboxes use accepts a connection. */
    private static Availability listens() throws IOException {
        Path folder = Files.createTempDirectory("unraced-gvisor");
        Path endpoint = folder.resolve("probe.sock");
        int fd = LibC.socket(Sockaddr.AF_UNIX, SocketTypes.SOCK_SEQPACKET | SocketTypes.SOCK_CLOEXEC, 0);
        try (Listener listener = new Listener(endpoint, 0600, LibC::close)) {
            Memory address = UnixAddress.of(endpoint);
            return LibC.connect(fd, address, (int) address.size()) == 0
                    ? new Availability.Available()
                    : new Inconclusive("a socket of its own takes no connection");
        } finally {
            LibC.close(fd);
            Files.deleteIfExists(folder);
        }
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    /** Says which runsc there is, since a capture opens without any, and without sandboxes has no events. */
    @Override
    public Map<String, String> notes(CaptureConfig config) {
        GvisorSettings settings = GvisorSettings.of(config);
        try {
            return Map.of("runsc", new Runsc(settings.runsc(), settings.root()).version());
        } catch (RunscException e) {
            return Map.of(
                    "runsc",
                    "none that could be asked (" + e.getMessage()
                            + "): only sandboxes of a runsc elsewhere, whose trace" + " sessions reach "
                            + settings.endpoint() + ", would have events");
        }
    }

    /**
     * Starts a capture.
     *
     * @throws InvalidConfigException when this driver's section has a value that its key does not allow
     */
    @Override
    public Capture open(CaptureConfig config) {
        CAPABILITIES.require(config.mitigation(), NAME);
        if (config.enterEvents()) {
            CAPABILITIES.require(Feature.ENTER_EVENTS, NAME);
        }
        if (config.processEvents()) {
            CAPABILITIES.require(Feature.PROCESS_EVENTS, NAME);
        }
        // Letting everything pass would be worse than refusing a filter that the driver cannot apply.
        config.filters().needs().forEach(filter -> CAPABILITIES.require(filter, NAME));
        if (config.limits().isOn()) {
            CAPABILITIES.require(Feature.RATE_LIMITS, NAME);
        }
        GvisorSource source = GvisorSource.start(GvisorSettings.of(config));
        return new RingCapture(NAME, CAPABILITIES, source.reader(), source);
    }
}
