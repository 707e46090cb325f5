// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site.picture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** All pictures that stand in docs/pictures, but for the flip, which {@code unraced lab explain} draws. */
public final class Pictures {
    private Pictures() {}

    /** Returns the pictures by the names of their files. */
    public static Map<String, String> all(Path tree) throws IOException {
        Map<String, String> pictures = new LinkedHashMap<>();
        pictures.put("event.svg", new LifeOfACall().svg());
        pictures.put("stash.svg", stash().svg());
        pictures.put("house.svg", house().svg());
        pictures.put("way.svg", way().svg());
        pictures.put("modules.svg", modules().svg());
        pictures.put("kit.svg", kit().svg());
        pictures.put("fleet.svg", fleet().svg());
        pictures.put("costs.svg", CostChart.svg(tree));
        return pictures;
    }

    private static Diagram stash() {
        return new Diagram("The life of a stash entry", 884, 360)
                .box(140, 60, "a call begins", "no entry yet")
                .box(140, 190, "refused", "a full hash stash:", "STASH_FULL")
                .box(
                        442,
                        60,
                        "in the stash",
                        "registers, entry copy,",
                        "named by the thread,",
                        "its start and the call")
                .box(744, 60, "taken", "the call returned:", "its event has the", "arguments of the entry")
                .box(335, 190, "reclaimed", "the thread ended in", "the call, or the", "capture closed")
                .box(545, 190, "stale", "a later call of the", "thread id found it,", "and did not use it")
                .box(770, 190, "evicted", "a full lru stash gave", "the oldest entry up")
                .box(442, 320, "event with ENTER_MISSED", "arguments of the return, or", "the kernel's own copy")
                .arrow("a call begins", "in the stash", "put")
                .arrow("a call begins", "refused")
                .arrow("in the stash", "taken", "take")
                .arrow("in the stash", "evicted")
                .arrow("in the stash", "reclaimed", "no event")
                .arrow("in the stash", "stale")
                .arrow("refused", "event with ENTER_MISSED", "")
                .arrow("evicted", "event with ENTER_MISSED", "");
    }

    private static Diagram house() {
        return new Diagram("The house", 884, 320)
                .box(90, 60, "system call")
                .box(330, 60, "driver-…", "ebpf, kmod, gvisor, sim,", "remote, replay")
                .box(600, 60, "driver-support", "one record", "in a ring")
                .box(790, 60, "api", "an event for", "your handler")
                .box(600, 175, "server, sinks", "gRPC, file,", "Kafka, OTLP")
                .box(790, 175, "cli, format,", "micrometer,", "Spring Boot")
                .box(180, 280, "conformance", "rules, actor,", "attacks")
                .box(480, 280, "lab", "hunt, mutants, explorer,", "benchmarks, site")
                .arrow("system call", "driver-…")
                .arrow("driver-…", "driver-support")
                .arrow("driver-support", "api")
                .arrow("driver-support", "server, sinks")
                .arrow("api", "cli, format,")
                .dashed("conformance", "driver-…", "attacks, judges")
                .dashed("lab", "driver-…", "hunts");
    }

    private static Diagram way() {
        return new Diagram("An event's way from hook to handler", 884, 330)
                .box(90, 60, "system call")
                .box(310, 60, "syscall: entry", "arguments into", "the stash")
                .box(520, 60, "syscall: return", "the result")
                .box(310, 160, "kernelcopy", "the kernel's own copy")
                .box(520, 160, "iouring", "requests")
                .box(755, 100, "object, path", "file or socket that was", "reached, proof of MATCH")
                .box(755, 260, "out", "record, limits,", "ring")
                .box(500, 270, "driver-support: ring", "RingSource, RingReader,", "RingCapture")
                .box(190, 270, "api: event", "EventHandler", "of the agent")
                .arrow("system call", "syscall: entry")
                .arrow("syscall: entry", "syscall: return")
                .arrow("kernelcopy", "syscall: return")
                .arrow("syscall: return", "object, path")
                .arrow("iouring", "object, path")
                .arrow("object, path", "out")
                .arrow("out", "driver-support: ring")
                .arrow("driver-support: ring", "api: event");
    }

    private static Diagram modules() {
        return new Diagram("What a module may see", 884, 540)
                .frame("product", 10, 100, 864, 390)
                .box(300, 150, "cli")
                .box(110, 240, "sink-file, sink-kafka,", "sink-otlp")
                .box(300, 300, "server")
                .box(420, 225, "driver-remote")
                .box(610, 225, "driver-ebpf, -kmod,", "-gvisor, -sim, -replay")
                .box(795, 225, "conformance")
                .box(590, 370, "driver-support", "ring, stash, natives,", "machine")
                .box(300, 390, "protocol")
                .box(110, 390, "format")
                .box(440, 460, "api")
                .box(110, 460, "micrometer")
                .box(790, 460, "spring-boot-starter")
                .box(800, 385, "cri")
                .box(390, 50, "lab/", "command, explorer, sizing, hunt,", "report, benchmarks, mutants, site")
                .box(730, 50, "examples")
                .note(16, 520, "an arrow leads to what may be seen; dashed: at run time alone")
                .arrow("lab/", "cli")
                .arrow("lab/", "conformance")
                .arrow("lab/", "driver-ebpf, -kmod,")
                .arrow("examples", "driver-ebpf, -kmod,")
                .arrow("examples", "conformance")
                .arrow("cli", "server")
                .arrow("cli", "driver-ebpf, -kmod,")
                .dashed("cli", "driver-remote", "")
                .dashed("cli", "sink-file, sink-kafka,", "")
                .dashed("cli", "cri", "")
                .arrow("sink-file, sink-kafka,", "server")
                .arrow("sink-file, sink-kafka,", "format")
                .arrow("server", "protocol")
                .arrow("server", "driver-support")
                .arrow("driver-remote", "driver-support")
                .arrow("driver-remote", "protocol")
                .arrow("driver-ebpf, -kmod,", "driver-support")
                .arrow("conformance", "driver-support")
                .arrow("driver-support", "api")
                .arrow("protocol", "api")
                .arrow("format", "api")
                .arrow("micrometer", "api")
                .arrow("cri", "api")
                .arrow("spring-boot-starter", "api");
    }

    private static Diagram kit() {
        return new Diagram("Packages of the conformance kit", 884, 520)
                .box(442, 40, "mutant")
                .box(442, 120, "dev.unraced.conformance", "suite, runner, report")
                .box(442, 205, "rules")
                .box(160, 285, "harness")
                .box(360, 285, "attack")
                .box(540, 285, "entrypoint")
                .box(740, 285, "script")
                .box(540, 365, "scenario")
                .box(360, 440, "fixture")
                .box(160, 440, "subject")
                .box(740, 440, "spec")
                .box(260, 495, "actor")
                .arrow("mutant", "dev.unraced.conformance")
                .arrow("dev.unraced.conformance", "rules")
                .arrow("rules", "harness")
                .arrow("rules", "attack")
                .arrow("rules", "entrypoint")
                .arrow("harness", "scenario")
                .arrow("attack", "scenario")
                .arrow("entrypoint", "scenario")
                .arrow("script", "scenario")
                .arrow("harness", "subject")
                .arrow("scenario", "fixture")
                .arrow("scenario", "subject")
                .arrow("scenario", "spec")
                .arrow("fixture", "actor")
                .arrow("subject", "actor");
    }

    private static Diagram fleet() {
        return new Diagram("A fleet", 884, 330)
                .frame("each host, or node of Kubernetes", 16, 16, 440, 298)
                .box(120, 90, "kernel", "ebpf or kmod")
                .box(330, 90, "unraced serve", "the one with", "the privilege")
                .box(120, 250, "agent, or its pod", "driver remote,", "no privilege")
                .box(330, 250, "file sink", "JSON lines")
                .box(590, 50, "Kafka", "host and process", "are the key")
                .box(790, 50, "Kafka Streams", "judges all", "hosts together")
                .box(590, 130, "OpenTelemetry", "log records")
                .box(590, 200, "Prometheus", "captures? loses?")
                .box(590, 280, "subscriber", "on another machine,", "with mutual TLS")
                .arrow("kernel", "unraced serve", "ring")
                .arrow("unraced serve", "agent, or its pod", "gRPC, UNIX socket")
                .arrow("unraced serve", "file sink")
                .arrow("unraced serve", "Kafka")
                .arrow("Kafka", "Kafka Streams")
                .arrow("unraced serve", "OpenTelemetry")
                .arrow("Prometheus", "unraced serve", "asks")
                .arrow("unraced serve", "subscriber");
    }
}
