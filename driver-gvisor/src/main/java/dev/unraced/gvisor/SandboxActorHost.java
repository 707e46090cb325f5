// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.driver.ActorHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Starts a fresh sandbox for each actor of the conformance kit; the actor is its first process. */
final class SandboxActorHost implements ActorHost {
    private static final int ROOT = 0;

    private final Sandboxes sandboxes;
    private @Nullable Workplace place;
    private final AtomicInteger numbers = new AtomicInteger();
    private final Set<String> running = new ConcurrentSkipListSet<>();

    /**
     * The way to start sandboxes.
     *
     * @param runsc the command, with all options but --root
     * @param prefix a command that goes before it, to run it as another user; empty for none
     * @param owner the user who has to own the files that runsc uses; 0 for the user of this process
     */
    record Sandboxes(List<String> runsc, List<String> prefix, int owner) {}

    /** Uses an ordinary runsc for root, and a rootless one for other users. */
    @SuppressWarnings("unused") // called by Guice
    SandboxActorHost() {
        this(usual());
    }

    SandboxActorHost(Sandboxes sandboxes) {
        this.sandboxes = sandboxes;
    }

    private static Sandboxes usual() {
        List<String> options = new ArrayList<>(List.of("runsc", "--network=none", "--ignore-cgroups"));
        if (!System.getProperty("user.name", "").equals("root")) {
            options.add("--rootless");
        }
        return new Sandboxes(options, List.of(), ROOT);
    }

    @Override
    public Conversation actor() {
        Workplace place = workplace();
        // All ids have one width: runsc takes the beginning of an id for the id, even if another id is exactly that.
        String id = String.format(
                Locale.ROOT, "unraced-%d-%06d", ProcessHandle.current().pid(), numbers.incrementAndGet());
        Path bundle = place.bundle(id);
        List<String> command = new ArrayList<>(sandboxes.prefix());
        command.addAll(sandboxes.runsc());
        command.add("--root=" + place.root());
        List<String> run = new ArrayList<>(command);
        run.addAll(List.of("run", "--bundle", bundle.toString(), id));
        running.add(id);
        try {
            Process process = new ProcessBuilder(run)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return new SandboxConversation(process, command, id, () -> {
                running.remove(id);
                place.remove(bundle);
            });
        } catch (IOException e) {
            running.remove(id);
            throw new CaptureException(
                    "no sandbox can be started: " + e.getMessage() + ". Install gVisor (Debian: apt-get install runsc)",
                    e);
        }
    }

    @Override
    public CaptureConfigBuilder watched(CaptureConfigBuilder config) {
        Workplace place = workplace();
        config.set("gvisor.endpoint", place.socket(numbers.incrementAndGet()).toString())
                .set("gvisor.root", place.root().toString())
                .set("gvisor.runsc", sandboxes.runsc().get(0))
                .set("gvisor.attach", running.isEmpty() ? GvisorSettings.ALL : String.join(",", running));
        return sandboxes.owner() == ROOT ? config : config.set("gvisor.socket-mode", "666");
    }

    private synchronized Workplace workplace() {
        if (place == null) {
            place = new Workplace(sandboxes.owner());
        }
        return place;
    }
}
