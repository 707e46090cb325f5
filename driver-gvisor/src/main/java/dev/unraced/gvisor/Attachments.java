// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.capture.CaptureException;
import dev.unraced.gvisor.session.Runsc;
import dev.unraced.gvisor.session.RunscException;
import dev.unraced.gvisor.session.TraceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The trace sessions that a capture begins in running sandboxes, and ends. */
final class Attachments {
    private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);

    private final GvisorSettings settings;
    private final Runsc runsc;
    private final Map<String, Long> attached = new LinkedHashMap<>();

    /** Receives the number of frames that a sandbox has dropped in all. */
    interface Drops {
        void dropped(int peer, long frames);
    }

    Attachments(GvisorSettings settings) {
        this.settings = settings;
        this.runsc = new Runsc(settings.runsc(), settings.root());
    }

    /**
     * Attaches to the sandboxes that the settings name.
     *
     * @throws CaptureException when attaching to a sandbox fails; earlier sandboxes stay attached until {@link #detach}
     */
    void attach() {
        if (settings.attach().isEmpty()) {
            return;
        }
        try {
            Path config = Files.createTempFile("unraced-gvisor", ".json");
            try {
                Files.writeString(config, config().json());
                for (String id : ids()) {
                    AtomicLong peer = new AtomicLong();
                    LongConsumer started = peer::set;
                    if (isAbandoned(id)) {
                        LOG.info("Sandbox {} has a session of a capture that is gone, which is replaced", id);
                        runsc.replace(config, id, started);
                    } else {
                        runsc.attach(config, id, started);
                    }
                    // Only now, as a session that was there before belongs to another capture, and stays.
                    attached.put(id, peer.get());
                }
            } finally {
                Files.deleteIfExists(config);
            }
        } catch (RunscException e) {
            throw new CaptureException("driver gvisor: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new CaptureException("driver gvisor: the trace session cannot be written: " + e.getMessage(), e);
        }
    }

    /** Without permission to look, the session counts as one in use. */
    private boolean isAbandoned(String id) {
        try {
            return runsc.isAbandoned(id);
        } catch (RunscException e) {
            LOG.debug("Sandbox {}", id, e);
            return false;
        }
    }

    private List<String> ids() throws RunscException {
        return settings.attach().equals(List.of(GvisorSettings.ALL)) ? runsc.running() : settings.attach();
    }

    private TraceConfig config() {
        return new TraceConfig(
                settings.endpoint(),
                settings.syscalls(),
                settings.fdPathNanos() > 0 ? TraceConfig.FdPath.CLOSE : TraceConfig.FdPath.NONE,
                TraceConfig.USUAL_PATIENCE,
                true,
                settings.processEvents());
    }

    /** Ends all sessions. A sandbox that has ended needs nothing. */
    void detach(Drops drops) {
        attached.forEach((id, peer) -> {
            try {
                long dropped = runsc.dropped(id);
                if (dropped >= 0) {
                    drops.dropped(peer.intValue(), dropped);
                    runsc.detach(id);
                }
            } catch (RunscException e) {
                if (e.isLate()) {
                    LOG.warn("Sandbox {} may keep its trace session, as it does not answer: {}", id, e.getMessage());
                } else {
                    LOG.debug("Sandbox {} cannot be detached from; it has probably ended", id, e);
                }
            }
        });
        attached.clear();
    }
}
