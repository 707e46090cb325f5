// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.Abi;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.ProcessLayout;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.ProcessEncoder;
import dev.unraced.event.record.ProcessRecordView;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.event.record.RecordView;
import dev.unraced.process.Container;
import dev.unraced.process.ContainerAbsence;
import dev.unraced.process.ContainerDetails;
import dev.unraced.process.ContainerNames;
import dev.unraced.process.ContainerResolver;
import dev.unraced.process.Pod;
import dev.unraced.process.ProcessTable;
import dev.unraced.process.UserNames;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The lines of process events, and of calls whose process is known. */
class ProcessWritersTest {
    private static final long START = 5L << 30;

    private final ProcessTable table = new ProcessTable();
    private final ProcessEncoder encoder = new ProcessEncoder();
    private final WallClock clock = new WallClock();
    private final OpenFlagNames flags = OpenFlagNames.ofThisMachine();
    private final JsonEventWriter json = new JsonEventWriter(clock, flags, table);
    private final EventWriter ocsf = new OcsfEventWriter(clock, flags, "host", "1", table);
    private final EventWriter ecs = new EcsEventWriter(clock, flags, "host", table);
    private final TextEventWriter text = new TextEventWriter(clock, flags, ZoneOffset.UTC, false, true, 0, table);

    @Test
    void anExecIsAnObjectWithItsProgram() {
        assertThat(jsonOf(exec("tool\0a b\0\0", "/bin/sh")))
                .containsEntry("type", "EXEC")
                .containsEntry("path", "/tmp/tool")
                .containsEntry("interpreter", "/bin/sh")
                .containsEntry(
                        "executable",
                        Map.of("path", "/usr/bin/dash", "device_major", 8L, "device_minor", 1L, "inode", 15L))
                .containsEntry("arguments", List.of("tool", "a b", ""))
                .containsEntry("arguments_size", 10L)
                .containsEntry("source", 1L << 31);
    }

    @Test
    void argumentsMayBeNoTextOrNone() {
        assertThat(jsonOf(exec("\u00ff\0", null)))
                .containsEntry("arguments", List.of("\ufffd"))
                .containsEntry("arguments_hex", "ff00");
        assertThat(jsonOf(exec("", null))).containsEntry("arguments", List.of());
        assertThat(jsonOf(exec("cut", null))).containsEntry("arguments", List.of("cut"));
    }

    @Test
    void anExitHasACodeOrASignal() {
        assertThat(jsonOf(exit(3 << 8))).containsEntry("exit_code", 3L).containsEntry("signal", null);
        assertThat(jsonOf(exit(9))).containsEntry("exit_code", null).containsEntry("signal", 9L);
        assertThat(textOf(exit(3 << 8))).contains("exit").endsWith("= 3\n");
        assertThat(textOf(exit(9))).endsWith("signal 9\n");
    }

    @Test
    void aLineOfAnExecShowsProgramAndArguments() {
        assertThat(textOf(exec("tool\0a b\0", null))).contains("name[7]").endsWith("\"/usr/bin/dash\" tool a\\x20b\n");
    }

    @Test
    void anExecSaysWhetherItsPathHeld() {
        begin(ProcessView.Type.EXEC);
        encoder.path(bytes("/bin/sh"))
                .trust(Provenance.KERNEL, Integrity.CHANGED)
                .executable(bytes("/bin/sh"), 8, 1, 15)
                .arguments(bytes("sh\0"));
        ProcessView exec = view();
        assertThat(jsonOf(exec)).containsEntry("path_provenance", "KERNEL").containsEntry("path_integrity", "CHANGED");
        assertThat(textOf(exec)).endsWith("\"/bin/sh\" sh CHANGED\n");
        assertThat(written(ocsf, exec)).containsEntry("severity_id", 4L);
        assertThat(written(ecs, exec))
                .extractingByKey("unraced", JsonLines.OBJECT)
                .containsEntry("path_integrity", "CHANGED");
    }

    @Test
    void aFailedExecHasThePathAndTheError() {
        ProcessView failed = failed(Integrity.CHANGED);
        assertThat(jsonOf(failed))
                .containsEntry("type", "EXEC_FAILED")
                .containsEntry("exec_call", "EXECVEAT")
                .containsEntry("path", "/tmp/none")
                .containsEntry("path_provenance", "ENTER")
                .containsEntry("path_integrity", "CHANGED")
                .containsEntry("mitigation", "STASH")
                .containsEntry("dirfd", 5L)
                .containsEntry("at_flags", "0x100")
                .containsEntry("result", -2L)
                .containsEntry("errno", "ENOENT");
        assertThat(textOf(failed)).endsWith("\"/tmp/none\" = ENOENT CHANGED\n");
        assertThat(written(ocsf, failed))
                .containsEntry("status", "Failure")
                .containsEntry("status_code", "ENOENT")
                .containsEntry("launch_type_id", 3L)
                .containsEntry("severity_id", 4L);
        assertThat(written(ocsf, failed(Integrity.UNCHECKED))).containsEntry("severity_id", 1L);
        assertThat(written(ecs, failed(Integrity.CHANGED)))
                .extractingByKey("event", JsonLines.OBJECT)
                .containsEntry("severity", 4L)
                .containsEntry("outcome", "failure")
                .containsEntry("action", "exec_failed");
    }

    @Test
    void anExecShowsWhatItRaised() {
        assertThat(jsonOf(exec("tool\0", null))).containsEntry("before", null).containsEntry("exec_call", "UNKNOWN");
        begin(ProcessView.Type.EXEC);
        encoder.user(1000, 100, 0, 100)
                .before(ProcessView.ExecCall.EXECVE, 1000, 100, 1000, 100, 3)
                .path(bytes("/usr/bin/su"))
                .executable(bytes("/usr/bin/su"), 8, 1, 15)
                .arguments(bytes("su\0"));
        ProcessView raised = view();
        assertThat(jsonOf(raised))
                .containsEntry("effective_uid", 0L)
                .extractingByKey("before", JsonLines.OBJECT)
                .containsEntry("uid", 1000L)
                .containsEntry("gid", 100L)
                .containsEntry("effective_uid", 1000L)
                .containsEntry("effective_gid", 100L)
                .containsEntry("capabilities", "0x3");
        assertThat(textOf(raised)).contains(" euid 1000 ").endsWith(" 0\n");
        assertThat(written(ecs, raised))
                .extractingByKey("unraced", JsonLines.OBJECT)
                .containsEntry("effective_uid_before", 1000L);
    }

    @Test
    void aProcessHasATerminalOrNoneOrNobodyKnows() {
        clock.arrived(START);
        begin(ProcessView.Type.EXEC);
        encoder.path(bytes("/bin/sh")).arguments(bytes("sh\0")).terminal(136, 3);
        ProcessView exec = view();
        table.update(exec);
        Map<String, Object> device = Map.of("device_major", 136L, "device_minor", 3L);
        assertThat(jsonOf(exec)).containsEntry("terminal", device);
        assertThat(object(jsonOf(call(4)).get("process"))).containsEntry("terminal", device);
        assertThat(object(written(ocsf, exec).get("unmapped"))).containsEntry("terminal", device);
        Map<String, Object> tty = Map.of("char_device", Map.of("major", 136L, "minor", 3L));
        assertThat(object(written(ecs, exec).get("process"))).containsEntry("tty", tty);
        SchemaWritersTest.assertFitsEcs(written(ecs, exec));
        // The caller may have left the terminal that it had when it began this program.
        assertThat(object(JsonLines.parse(ecs.toLine(call(4))).get(0).get("process")))
                .doesNotContainKey("tty");

        begin(ProcessView.Type.EXEC);
        encoder.path(bytes("/bin/sh")).arguments(bytes("sh\0")).terminal(0, 0);
        ProcessView without = view();
        table.update(without);
        assertThat(jsonOf(without)).containsEntry("terminal", null);
        assertThat(object(jsonOf(call(4)).get("process"))).containsEntry("terminal", null);
        assertThat(object(written(ocsf, without).get("unmapped"))).doesNotContainKey("terminal");
        assertThat(object(written(ecs, without).get("process"))).doesNotContainKey("tty");
        assertThat(jsonOf(exec("tool\0", null))).doesNotContainKey("terminal");
    }

    @Test
    void anExecShowsGroupsAndCapabilitiesThatItRaised() {
        begin(ProcessView.Type.EXEC);
        encoder.user(1000, 100, 1000, 43)
                .before(ProcessView.ExecCall.EXECVE, 1000, 100, 1000, 100, 1)
                .path(bytes("/usr/bin/ping"))
                .executable(bytes("/usr/bin/ping"), 8, 1, 15)
                .arguments(bytes("ping\0"));
        encoder.buffer().putLong(ProcessLayout.CAPABILITIES, 0x2001);
        assertThat(textOf(view()))
                .contains(" ping egid 100 ", " 43 capabilities 0x1 ")
                .endsWith(" 0x2001\n");
    }

    @Test
    void aForkHasNoLineInTheTable() {
        ProcessView fork = begin(ProcessView.Type.FORK).forkOf();
        assertThat(textOf(fork)).isEmpty();
        assertThat(jsonOf(fork)).containsEntry("forker_tgid", 6L);
        assertThat(written(ocsf, fork)).containsEntry("activity_id", 1L).containsEntry("launch_type_id", 2L);
    }

    @Test
    void aCallHasItsProcess() {
        assertThat(jsonOf(call(4))).containsEntry("process", null).containsEntry("process_unknown", "NOT_SEEN");
        table.update(exec("tool\0", null));
        assertThat(jsonOf(call(4)))
                .containsEntry("cgroup", null)
                .extractingByKey("process", JsonLines.OBJECT)
                .containsEntry("executable", "/usr/bin/dash")
                .containsEntry("arguments", List.of("tool"));
        assertThat(jsonOf(call(5))).containsEntry("process_unknown", "EXEC_MISSED");
        assertThat(text.toLine(call(4))).endsWith("by /usr/bin/dash ← …");
        assertThat(text.toLine(call(5))).endsWith("by ?EXEC_MISSED");
    }

    @Test
    void eachCallHasTheTextOfItsImageHoweverLongAndHoweverOften() {
        for (String argument : List.of("tool", "\u0001".repeat(4000), "other", "tool")) {
            table.update(exec(argument + "\0", null));
            for (int i = 0; i < 3; i++) {
                assertThat(jsonOf(call(4)))
                        .extractingByKey("process", JsonLines.OBJECT)
                        .containsEntry("arguments", List.of(argument));
            }
        }
    }

    @Test
    void aUserHasANameWhereTheTableKnowsIt() {
        clock.arrived(START);
        UserNames names = new UserNames(uid -> uid == 0 ? "root" : null);
        ProcessTable named = new ProcessTable(names);
        ProcessView exec = exec("tool\0", null);
        while (named.userOf(exec) == null) {
            Thread.onSpinWait();
        }
        named.update(exec);
        EventView call = call(4);
        assertThat(JsonLines.parse(new JsonEventWriter(clock, flags, named).toLine(call))
                        .get(0))
                .containsEntry("user", "root");
        assertThat(JsonLines.parse(new JsonEventWriter(clock, flags, named).toLine(exec))
                        .get(0))
                .containsEntry("user", "root");
        assertThat(new TextEventWriter(clock, flags, ZoneOffset.UTC, false, true, 0, named).toLine(exec))
                .endsWith(" tool user root");
        Map<String, Object> ocsfCall = JsonLines.parse(
                        new OcsfEventWriter(clock, flags, "host", "1", named).toLine(call))
                .get(0);
        SchemaWritersTest.assertFitsOcsf(ocsfCall);
        assertThat(object(object(object(ocsfCall.get("actor")).get("process")).get("user")))
                .containsEntry("name", "root");
        Map<String, Object> ecsCall = JsonLines.parse(new EcsEventWriter(clock, flags, "host", named).toLine(call))
                .get(0);
        SchemaWritersTest.assertFitsEcs(ecsCall);
        assertThat(object(object(ecsCall.get("process")).get("real_user"))).containsEntry("name", "root");
        assertThat(jsonOf(call)).containsEntry("user", null);
    }

    @Test
    void processEventsFitTheSchemas() {
        clock.arrived(START);
        List<ProcessView> life = List.of(
                begin(ProcessView.Type.FORK).forkOf(),
                exec("tool\0a b\0\0", "/bin/sh"),
                exec("\u00ff\0", null),
                exec("", null),
                inContainer(),
                failed(Integrity.UNCHECKED),
                exit(3 << 8),
                exit(9));
        for (ProcessView event : life) {
            table.update(event);
            SchemaWritersTest.assertFitsOcsf(written(ocsf, event));
            SchemaWritersTest.assertFitsEcs(written(ecs, event));
        }
        SchemaWritersTest.assertFitsOcsf(JsonLines.parse(ocsf.toLine(call(4))).get(0));
        SchemaWritersTest.assertFitsEcs(JsonLines.parse(ecs.toLine(call(4))).get(0));
    }

    @Test
    void anExecInASandboxNamesItsContainerAndWhatIsWithheld() {
        clock.arrived(START);
        begin(ProcessView.Type.EXEC);
        encoder.containerId(bytes("runsc-17")).flag(EventFlag.WITHHELD);
        ProcessView exec = view();
        table.update(exec);
        assertThat(jsonOf(exec))
                .containsEntry("container_id", "runsc-17")
                .containsEntry("executable", null)
                .containsEntry("flags", List.of("WITHHELD"));
        assertThat(textOf(exec)).endsWith("? WITHHELD {runsc-17}\n");
        assertThat(jsonOf(exec)).containsEntry("container", Map.of("id", "runsc-17", "runtime", "gvisor"));
        Map<String, Object> event = written(ocsf, exec);
        SchemaWritersTest.assertFitsOcsf(event);
        assertThat(object(object(event.get("process")).get("container"))).containsEntry("uid", "runsc-17");
        assertThat(object(written(ecs, exec).get("container"))).containsEntry("id", "runsc-17");
        assertThat(jsonOf(exec("tool\0", null))).doesNotContainKey("container_id");

        begin(ProcessView.Type.EXEC);
        encoder.executable(bytes("/bin/cat"), 0, 0, 0).containerId(bytes("runsc-17"));
        ProcessView known = view();
        table.update(known);
        assertThat(object(object(written(ocsf, known).get("process")).get("file")))
                .containsEntry("path", "/bin/cat")
                .doesNotContainKey("uid");
    }

    @Test
    void aLaunchNamesTheProgramInOcsf() {
        ProcessView exec = exec("tool\0a b\0", "/bin/sh");
        table.update(exec);
        Map<String, Object> event = written(ocsf, exec);
        assertThat(event)
                .containsEntry("class_uid", 1007L)
                .containsEntry("type_uid", 100701L)
                .containsEntry("launch_type_id", 3L);
        Map<String, Object> process = object(event.get("process"));
        assertThat(process).containsEntry("pid", 7L).containsEntry("cmd_line", "tool a b");
        assertThat(process)
                .extractingByKey("file", JsonLines.OBJECT)
                .containsEntry("path", "/usr/bin/dash")
                .containsEntry("name", "dash")
                .containsEntry("uid", "8:1:15");
        assertThat(event)
                .extractingByKey("unmapped", JsonLines.OBJECT)
                .containsEntry("path", "/tmp/tool")
                .containsEntry("interpreter", "/bin/sh");
        assertThat(written(ocsf, exit(3 << 8)))
                .containsEntry("activity_id", 2L)
                .containsEntry("exit_code", 3L)
                .doesNotContainKey("launch_type_id");
        assertThat(written(ocsf, exit(9)))
                .doesNotContainKey("exit_code")
                .extractingByKey("unmapped", JsonLines.OBJECT)
                .containsEntry("signal", 9L);
    }

    @Test
    void aStartNamesTheProgramInEcs() {
        ProcessView exec = exec("tool\0a b\0", null);
        table.update(exec);
        assertThat(written(ecs, exec))
                .extractingByKey("process", JsonLines.OBJECT)
                .containsEntry("executable", "/usr/bin/dash")
                .containsEntry("args", List.of("tool", "a b"))
                .containsEntry("args_count", 2L)
                .containsEntry("command_line", "tool a b");
        assertThat(written(ecs, exit(3 << 8)))
                .extractingByKey("process", JsonLines.OBJECT)
                .containsEntry("exit_code", 3L)
                .containsEntry("executable", "/usr/bin/dash");
    }

    @Test
    void aCallNamesItsProgramInBothSchemasOnlyWhereItIsKnown() {
        ProcessView exec = exec("tool\0", null);
        table.update(exec);
        Map<String, Object> actor =
                object(JsonLines.parse(ocsf.toLine(call(4))).get(0).get("actor"));
        assertThat(object(actor.get("process")))
                .containsEntry("cmd_line", "tool")
                .containsEntry("uid", object(written(ocsf, exec).get("process")).get("uid"));
        Map<String, Object> unknown = JsonLines.parse(ocsf.toLine(call(5))).get(0);
        assertThat(object(object(unknown.get("actor")).get("process")))
                .doesNotContainKeys("cmd_line", "file", "uid", "created_time");
        assertThat(unknown)
                .extractingByKey("unmapped", JsonLines.OBJECT)
                .containsEntry("process_unknown", "EXEC_MISSED");
        assertThat(JsonLines.parse(ecs.toLine(call(4))).get(0))
                .extractingByKey("process", JsonLines.OBJECT)
                .containsEntry("executable", "/usr/bin/dash");
        assertThat(JsonLines.parse(ecs.toLine(call(5))).get(0))
                .extractingByKey("process", JsonLines.OBJECT)
                .doesNotContainKeys("executable", "args", "command_line", "entity_id");
    }

    @Test
    void aProcessThatWasThereHasNoArgumentsAndNoLine() {
        ProcessView alive = begin(ProcessView.Type.ALIVE).alive();
        table.update(alive);
        assertThat(ocsf.toLine(alive)).isEmpty();
        assertThat(ecs.toLine(alive)).isEmpty();
        assertThat(JsonLines.parse(ecs.toLine(call(4))).get(0))
                .extractingByKey("process", JsonLines.OBJECT)
                .containsEntry("executable", "/usr/bin/dash")
                .doesNotContainKeys("args", "args_count", "command_line");
    }

    @Test
    void aContainersNameIsTextAndSoIsItsCgroupsWhateverItHolds() {
        clock.arrived(START);
        // Whoever may make cgroups chooses them.
        String odd = "x\",\"runtime\":\"docker\"},\"uid\":0,\"z\":{\"a\":\"\\x2d\n\u20ac\ud83d\ude00";
        String name = "a\\x2db";
        String path = "/lxc/" + odd + "/systemd-nspawn@" + name + ".service";
        begin(ProcessView.Type.EXEC);
        encoder.namespaces(77, 1, 1)
                .path(bytes("/tmp/tool"))
                .executable(bytes("/usr/bin/dash"), 8, 1, 15)
                .arguments(bytes("tool\0"))
                .cgroup(path.getBytes(StandardCharsets.UTF_8));
        ProcessView exec = view();
        table.update(exec);
        RecordEncoder record = record(4).namespaces(77, 1, 1).user(1000, 1000);
        record.finishPartial();
        EventView call = new RecordView().wrap(record.buffer(), 0);
        assertThat(json.toLine(call)).doesNotContain("\n\u20ac");
        assertThat(jsonOf(call))
                .containsEntry("uid", 1000L)
                .doesNotContainKey("z")
                .containsEntry("cgroup", path)
                .containsEntry("container", Map.of("id", name, "runtime", "systemd-nspawn"));
        Map<String, Object> ecsCall = JsonLines.parse(ecs.toLine(call)).get(0);
        SchemaWritersTest.assertFitsEcs(ecsCall);
        assertThat(object(ecsCall.get("container"))).containsEntry("id", name);
        Map<String, Object> launched = written(ocsf, exec);
        SchemaWritersTest.assertFitsOcsf(launched);
        assertThat(object(object(launched.get("process")).get("container"))).containsEntry("uid", name);
    }

    @Test
    void aContainerHasTheNamesThatItsRuntimeTells() {
        clock.arrived(START);
        String id = "0123456789abcdef".repeat(4);
        // Whoever may make pods chooses labels.
        String label = "\"},\"uid\":0,\n\u20ac";
        Pod pod = Pod.of("web-0", "shop", "uid-1", Map.of("app", "web", "odd", label));
        ContainerNames names = new ContainerNames(() -> new ContainerResolver.Containers(Map.of(
                id, new ContainerDetails(Optional.of("web"), Optional.of("web:1.2"), Optional.of("sha256:1f"), pod))));
        ProcessTable named = new ProcessTable(null, names);
        ProcessView exec = inContainer();
        named.update(exec);
        while (named.detailsOf(named.containerOf(exec)) == null) {
            Thread.onSpinWait();
        }
        EventWriter lines = new JsonEventWriter(clock, flags, named);
        // The second line has the text that was kept of the first.
        for (int i = 0; i < 2; i++) {
            assertThat(JsonLines.parse(lines.toLine(callInContainer())).get(0))
                    .containsEntry("uid", 1000L)
                    .extractingByKey("container", JsonLines.OBJECT)
                    .isEqualTo(Map.of(
                            "id",
                            id,
                            "runtime",
                            "docker",
                            "pod",
                            "uid-1",
                            "name",
                            "web",
                            "image",
                            "web:1.2",
                            "image_id",
                            "sha256:1f",
                            "pod_name",
                            "web-0",
                            "pod_namespace",
                            "shop",
                            "pod_labels",
                            Map.of("app", "web", "odd", label)));
        }
        assertThat(new TextEventWriter(clock, flags, ZoneOffset.UTC, false, true, 0, named).toLine(callInContainer()))
                .contains(" {shop/web-0/web} ");

        EventWriter ecsNamed = new EcsEventWriter(clock, flags, "host", named);
        for (Map<String, Object> event :
                List.of(JsonLines.parse(ecsNamed.toLine(callInContainer())).get(0), written(ecsNamed, exec))) {
            SchemaWritersTest.assertFitsEcs(event);
            assertThat(object(event.get("container")))
                    .containsEntry("name", "web")
                    .containsEntry("image", Map.of("name", "web:1.2"));
            assertThat(object(event.get("orchestrator")))
                    .containsEntry("namespace", "shop")
                    .extractingByKey("resource", JsonLines.OBJECT)
                    .containsEntry("name", "web-0")
                    .containsEntry("label", List.of("app:web", "odd:" + label));
        }
        EventWriter ocsfNamed = new OcsfEventWriter(clock, flags, "host", "1", named);
        Map<String, Object> call =
                JsonLines.parse(ocsfNamed.toLine(callInContainer())).get(0);
        Map<String, Object> launch = written(ocsfNamed, exec);
        for (Map<String, Object> event : List.of(call, launch)) {
            SchemaWritersTest.assertFitsOcsf(event);
            assertThat(event)
                    .extractingByKey("unmapped", JsonLines.OBJECT)
                    .containsEntry("pod_name", "web-0")
                    .containsEntry("pod_labels", Map.of("app", "web", "odd", label));
        }
        for (Map<String, Object> process :
                List.of(object(object(call.get("actor")).get("process")), object(launch.get("process")))) {
            assertThat(object(process.get("container")))
                    .containsEntry("name", "web")
                    .containsEntry("pod_uuid", "uid-1")
                    .containsEntry("image", Map.of("uid", "sha256:1f", "name", "web:1.2"));
        }
    }

    @Test
    void whyAContainerHasNoNamesIsSaid() {
        clock.arrived(START);
        ProcessTable named = new ProcessTable(
                null,
                new ContainerNames(() -> new ContainerResolver.Failure(ContainerAbsence.NOT_ALLOWED, "not allowed")));
        ProcessView exec = inContainer();
        named.update(exec);
        Container container = Objects.requireNonNull(named.containerOf(exec));
        while (named.absenceOf(container) != ContainerAbsence.NOT_ALLOWED) {
            Thread.onSpinWait();
        }
        assertThat(JsonLines.parse(new JsonEventWriter(clock, flags, named).toLine(callInContainer()))
                        .get(0))
                .extractingByKey("container", JsonLines.OBJECT)
                .containsEntry("id", container.id())
                .containsEntry("name", null)
                .containsEntry("name_unknown", "NOT_ALLOWED")
                .doesNotContainKey("pod_name");
        EventWriter ecsNamed = new EcsEventWriter(clock, flags, "host", named);
        EventWriter ocsfNamed = new OcsfEventWriter(clock, flags, "host", "1", named);
        assertThat(ecsNamed.toLine(callInContainer())).contains("\"container_name_unknown\":\"NOT_ALLOWED\"");
        assertThat(ecsNamed.toLine(exec)).contains("\"container_name_unknown\":\"NOT_ALLOWED\"");
        assertThat(ocsfNamed.toLine(callInContainer())).contains("\"container_name_unknown\":\"NOT_ALLOWED\"");
        assertThat(ocsfNamed.toLine(exec)).contains("\"container_name_unknown\":\"NOT_ALLOWED\"");
        // A table that nobody asked for names says nothing about them.
        table.update(exec);
        assertThat(jsonOf(callInContainer()))
                .extractingByKey("container", JsonLines.OBJECT)
                .isEqualTo(Map.of("id", container.id(), "runtime", "docker"));
        assertThat(ecs.toLine(callInContainer())).doesNotContain("container_name_unknown");
    }

    private static EventView callInContainer() {
        RecordEncoder record = record(4).namespaces(77, 1, 1).user(1000, 1000);
        record.finishPartial();
        return new RecordView().wrap(record.buffer(), 0);
    }

    @Test
    void theMarksOfAParentsProgramGoWithIt() {
        encoder.begin(ProcessView.Type.EXEC, START)
                .sequence(0, 1)
                .process(6, 6, START, 4)
                .parent(1, START)
                .comm(bytes("parent"))
                .namespaces(1, 4026531841L, 1)
                .path(bytes("/dev/fd/3"))
                .executable(bytes("/usr/bin/curl"), 8, 1, 16)
                .flag(EventFlag.DETACHED);
        table.update(view());
        table.update(begin(ProcessView.Type.FORK).forkOf());
        Map<String, Object> parent = Map.of(
                "tgid",
                6L,
                "executable",
                "/usr/bin/curl",
                "device_major",
                8L,
                "device_minor",
                1L,
                "inode",
                16L,
                "mount_ns",
                4026531841L,
                "flags",
                List.of("HAS_FILE", "DETACHED"));
        assertThat(jsonOf(call(4)))
                .extractingByKey("process", JsonLines.OBJECT)
                .containsEntry("parents", List.of(parent));
        // The schemas have no place for marks of a parent, so they have no path there.
        assertThat(JsonLines.parse(ecs.toLine(call(4))).get(0).toString()).contains("parent={pid=6}");
        assertThat(JsonLines.parse(ocsf.toLine(call(4))).get(0).toString()).contains("parent_process={pid=6}");
    }

    @Test
    void whatIsNotKnownOfAProgramIsNull() {
        clock.arrived(START);
        // Nobody knows the forker, so neither what the child runs.
        table.update(begin(ProcessView.Type.FORK).forkOf());
        assertThat(jsonOf(call(4)))
                .extractingByKey("process", JsonLines.OBJECT)
                .containsEntry("executable", null)
                .containsEntry("device_major", null)
                .containsEntry("device_minor", null)
                .containsEntry("inode", null)
                .containsEntry("arguments", null)
                .containsEntry("program_unknown", "NOT_SEEN")
                .containsEntry("parents", List.of())
                .containsEntry("parents_cut", true);
        table.update(begin(ProcessView.Type.ALIVE).alive());
        assertThat(jsonOf(call(4)))
                .extractingByKey("process", JsonLines.OBJECT)
                .containsEntry("executable", "/usr/bin/dash")
                .containsEntry("inode", 15L)
                .containsEntry("arguments", null)
                .doesNotContainKey("program_unknown");
        for (EventFlag flag : List.of(EventFlag.WITHHELD, EventFlag.FAULTED)) {
            begin(ProcessView.Type.EXEC);
            encoder.executable(bytes("/usr/bin/dash"), 8, 1, 15).flag(flag);
            table.update(view());
            assertThat(jsonOf(call(4)))
                    .extractingByKey("process", JsonLines.OBJECT)
                    .containsEntry("arguments", null);
            assertThat(JsonLines.parse(ecs.toLine(call(4))).get(0))
                    .extractingByKey("process", JsonLines.OBJECT)
                    .doesNotContainKeys("args", "args_count", "command_line");
            assertThat(ocsf.toLine(call(4))).doesNotContain("cmd_line");
        }
    }

    @Test
    void aParentThatIsNotAsOfTheForkIsMarked() {
        encoder.begin(ProcessView.Type.ALIVE, START)
                .sequence(0, 1)
                .process(6, 6, START, 4)
                .parent(0, 0)
                .comm(bytes("parent"))
                .namespaces(1, 4026531841L, 1)
                .executable(bytes("/usr/bin/curl"), 8, 1, 16);
        table.update(view());
        table.update(begin(ProcessView.Type.ALIVE).alive());
        Map<String, Object> parent = Map.of(
                "tgid",
                6L,
                "executable",
                "/usr/bin/curl",
                "device_major",
                8L,
                "device_minor",
                1L,
                "inode",
                16L,
                "mount_ns",
                4026531841L,
                "flags",
                List.of("HAS_FILE"),
                "as_of_fork",
                false);
        assertThat(jsonOf(call(4)))
                .extractingByKey("process", JsonLines.OBJECT)
                .containsEntry("parents", List.of(parent))
                .doesNotContainKey("parents_cut");
        // The schemas have no place for that mark, so they have no path there.
        assertThat(JsonLines.parse(ecs.toLine(call(4))).get(0).toString()).contains("parent={pid=6}");
        assertThat(JsonLines.parse(ocsf.toLine(call(4))).get(0).toString()).contains("parent_process={pid=6}");
    }

    @Test
    void theMarksOfAProgramGoWithItInEachForm() {
        clock.arrived(START);
        begin(ProcessView.Type.EXEC);
        encoder.path(bytes("/dev/fd/3"))
                .executable(bytes("/usr/bin/sshd"), 8, 1, 16)
                .arguments(bytes("sshd\0"))
                .flag(EventFlag.DETACHED)
                .flag(EventFlag.DELETED);
        table.update(view());
        List<String> marks = List.of("HAS_FILE", "DELETED", "DETACHED");
        for (ProcessView event : List.of(failed(Integrity.UNCHECKED), exit(0))) {
            Map<String, Object> ocsfEvent = written(ocsf, event);
            SchemaWritersTest.assertFitsOcsf(ocsfEvent);
            assertThat(object(object(ocsfEvent.get("process")).get("file"))).containsEntry("path", "/usr/bin/sshd");
            assertThat(object(ocsfEvent.get("unmapped")))
                    .containsEntry("process_flags", marks)
                    .containsEntry("flags", List.of());
            Map<String, Object> ecsEvent = written(ecs, event);
            SchemaWritersTest.assertFitsEcs(ecsEvent);
            assertThat(object(ecsEvent.get("process"))).containsEntry("executable", "/usr/bin/sshd");
            assertThat(object(ecsEvent.get("unraced"))).containsEntry("process_flags", marks);
        }
        assertThat(textOf(failed(Integrity.UNCHECKED))).endsWith(" by /usr/bin/sshd!DELETED!DETACHED ← …\n");
        TextEventWriter narrow = new TextEventWriter(clock, flags, ZoneOffset.UTC, false, true, 120, table);
        assertThat(narrow.takeLegend()).isEmpty();
        assertThat(narrow.toLine(call(4))).endsWith(" by sshd! ← …");
        assertThat(narrow.takeLegend()).contains("! behind a program", "--wide");
        assertThat(narrow.takeLegend()).as("only once").isEmpty();
        table.update(exec("tool\0", null));
        assertThat(narrow.toLine(call(4))).endsWith(" by dash ← …");
    }

    @Test
    void aProgramsNameLooksLikeNoneThatNobodyKnows() {
        for (String name : List.of("?NOT_SEEN", "[sshd]")) {
            begin(ProcessView.Type.EXEC);
            encoder.path(bytes("/tmp/x")).executable(bytes("/tmp/" + name), 8, 1, 16);
            table.update(view());
            TextEventWriter narrow = new TextEventWriter(clock, flags, ZoneOffset.UTC, false, true, 120, table);
            assertThat(narrow.toLine(call(4)))
                    .endsWith(" by \\x" + Integer.toHexString(name.charAt(0)) + name.substring(1) + " ← …");
            assertThat(text.toLine(call(4))).endsWith(" by /tmp/" + name + " ← …");
        }
    }

    @Test
    void aChainThatIsCutSaysSo() {
        for (int depth = 0; depth < 9; depth++) {
            encoder.begin(depth == 0 ? ProcessView.Type.EXEC : ProcessView.Type.FORK, START)
                    .process(107 - depth, 107 - depth, START, 4)
                    .comm(bytes("sh"));
            if (depth == 0) {
                encoder.path(bytes("/bin/sh")).executable(bytes("/bin/sh"), 8, 1, 16);
            } else {
                encoder.forker(108 - depth, START);
            }
            table.update(view());
        }
        RecordEncoder eighth = record(4);
        eighth.thread(100, 100, 1, 101);
        eighth.finishPartial();
        assertThat(text.toLine(new RecordView().wrap(eighth.buffer(), 0))).endsWith(" by /bin/sh" + " ← sh".repeat(7));
        RecordEncoder ninth = record(4);
        ninth.thread(99, 99, 1, 100);
        ninth.finishPartial();
        assertThat(text.toLine(new RecordView().wrap(ninth.buffer(), 0)))
                .endsWith(" by /bin/sh" + " ← sh".repeat(7) + " ← …");
        TextEventWriter ascii = new TextEventWriter(clock, flags, ZoneOffset.UTC, false, false, 0, table);
        assertThat(ascii.toLine(new RecordView().wrap(ninth.buffer(), 0))).endsWith(" <- sh <- ..");
    }

    @Test
    void aContainerWithoutNamesIsShownByItsRuntimeAndItsId() {
        clock.arrived(START);
        table.update(inContainer());
        assertThat(text.toLine(callInContainer())).contains(" {docker:0123456789ab} ");
        assertThat(textOf(inContainer())).endsWith(" tool {docker:0123456789ab}\n");
        for (Map.Entry<String, String> path : Map.of(
                        "/default/ID", "{0123456789ab}",
                        "/user.slice/user-1000.slice/user@1000.service/libpod-ID.scope",
                                "{podman:0123456789ab of user 1000}",
                        "/lxc.payload.web", "{lxc:web}")
                .entrySet()) {
            table.update(inCgroup(path.getKey()));
            assertThat(text.toLine(callInContainer())).contains(" " + path.getValue() + " ");
        }
    }

    @Test
    void eachProcessEventHasItsContainerAndAFailedExecItsProgram() {
        clock.arrived(START);
        ProcessView failed = inside(ProcessView.Type.EXEC_FAILED);
        assertThat(jsonOf(failed))
                .containsEntry("cgroup", null)
                .doesNotContainKey("container")
                .containsEntry("process", null)
                .containsEntry("process_unknown", "NOT_SEEN");
        table.update(inContainer());
        Map<String, Object> container = Map.of("id", "0123456789abcdef".repeat(4), "runtime", "docker");
        for (ProcessView.Type type : ProcessView.Type.values()) {
            assertThat(jsonOf(inside(type))).as(type.name()).containsEntry("container", container);
        }
        assertThat(jsonOf(failed))
                .extractingByKey("process", JsonLines.OBJECT)
                .containsEntry("executable", "/usr/bin/dash")
                .containsEntry("start_ns", START);
        assertThat(jsonOf(inside(ProcessView.Type.EXIT))).doesNotContainKey("process");
        assertThat(textOf(failed)).contains(" by /usr/bin/dash ← … {docker:0123456789ab}");
    }

    @Test
    void aContainerHasThoseAroundItAndWhoCanHaveForgedIt() {
        clock.arrived(START);
        String id = "0123456789abcdef".repeat(4);
        ProcessView exec = inCgroup("/user.slice/user-1000.slice/user@1000.service/libpod-" + id + ".scope/lxc/web");
        table.update(exec);
        for (Map<String, Object> event : List.of(jsonOf(callInContainer()), jsonOf(exec))) {
            assertThat(event)
                    .containsEntry(
                            "container",
                            Map.of("id", "web", "runtime", "lxc", "outer", List.of(id), "delegated_to", 1000L));
        }
        for (EventWriter writer : List.of(ocsf, ecs)) {
            for (Map<String, Object> event :
                    List.of(JsonLines.parse(writer.toLine(callInContainer())).get(0), written(writer, exec))) {
                assertThat(object(event.get(writer == ocsf ? "unmapped" : "unraced")))
                        .containsEntry("container_outer", List.of(id))
                        .containsEntry("container_delegated_to", 1000L);
            }
        }
        // Nobody knows what made a container whose cgroup has an id alone.
        ProcessView bare = inCgroup("/default/" + id);
        table.update(bare);
        assertThat(jsonOf(bare)).containsEntry("container", Map.of("id", id, "runtime", "unknown"));
        SchemaWritersTest.assertFitsEcs(written(ecs, bare));
        SchemaWritersTest.assertFitsOcsf(written(ocsf, bare));
        assertThat(object(written(ecs, bare).get("container"))).isEqualTo(Map.of("id", id));
        assertThat(object(object(written(ocsf, bare).get("process")).get("container")))
                .isEqualTo(Map.of("uid", id));
    }

    @Test
    void aProcessHasAnIdentityThatNoOtherHas() {
        table.update(exec("tool\0", null));
        String ofCall = identity(ecs, JsonLines.parse(ecs.toLine(call(4))).get(0));
        assertThat(ofCall)
                .isEqualTo("host-7-140000000-4")
                .isEqualTo(identity(ecs, written(ecs, exec("tool\0", null))))
                .isEqualTo(identity(ocsf, written(ocsf, exec("tool\0", null))));
        EventWriter elsewhere = new EcsEventWriter(clock, flags, "other", table);
        assertThat(identity(ecs, JsonLines.parse(elsewhere.toLine(call(4))).get(0)))
                .isEqualTo("other-7-140000000-4");
        begin(ProcessView.Type.EXEC);
        encoder.containerId(bytes("a-1"));
        ProcessView inSandbox = view();
        ProcessTable sandboxes = new ProcessTable();
        sandboxes.update(inSandbox);
        assertThat(identity(ecs, written(new EcsEventWriter(clock, flags, "host", sandboxes), inSandbox)))
                .isEqualTo("host-612d31-7-140000000-4");
    }

    private String identity(EventWriter form, Map<String, Object> event) {
        return String.valueOf(object(event.get("process")).get(form == ecs ? "entity_id" : "uid"));
    }

    private ProcessView inside(ProcessView.Type type) {
        begin(type);
        encoder.namespaces(77, 1, 1);
        if (type == ProcessView.Type.EXEC_FAILED) {
            encoder.failed(ProcessView.ExecCall.EXECVEAT, Mitigation.STASH, START, 5, 0x100, -2)
                    .trust(Provenance.ENTER, Integrity.UNCHECKED)
                    .path(bytes("/tmp/none"));
        }
        return view();
    }

    private ProcessView inCgroup(String path) {
        begin(ProcessView.Type.EXEC);
        encoder.namespaces(77, 1, 1)
                .path(bytes("/tmp/tool"))
                .executable(bytes("/usr/bin/dash"), 8, 1, 15)
                .arguments(bytes("tool\0"))
                .cgroup(bytes(path.replace("ID", "0123456789abcdef".repeat(4))));
        return view();
    }

    private static Map<String, Object> object(@Nullable Object value) {
        return SchemaWritersTest.object(value, "an inner object");
    }

    private static Map<String, Object> written(EventWriter writer, ProcessView event) {
        return JsonLines.parse(writer.toLine(event)).get(0);
    }

    private ProcessView alive() {
        encoder.executable(bytes("/usr/bin/dash"), 8, 1, 15);
        return view();
    }

    private ProcessView inContainer() {
        begin(ProcessView.Type.EXEC);
        encoder.namespaces(77, 1, 1)
                .path(bytes("/tmp/tool"))
                .executable(bytes("/usr/bin/dash"), 8, 1, 15)
                .arguments(bytes("tool\0"))
                .cgroup(bytes("/system.slice/docker-" + "0123456789abcdef".repeat(4) + ".scope"));
        return view();
    }

    private Map<String, Object> jsonOf(EventView event) {
        return JsonLines.parse(json.toLine(event)).get(0);
    }

    private Map<String, Object> jsonOf(ProcessView event) {
        LineBuffer out = new LineBuffer(4096);
        json.writeProcess(event, out);
        return JsonLines.parse(out.toString()).get(0);
    }

    private String textOf(ProcessView event) {
        LineBuffer out = new LineBuffer(4096);
        text.writeProcess(event, out);
        return out.toString();
    }

    private ProcessWritersTest begin(ProcessView.Type type) {
        encoder.begin(type, START)
                .sequence(0, 1)
                .process(7, 7, START, 4)
                .parent(6, START)
                .comm(bytes("name"));
        return this;
    }

    private ProcessView forkOf() {
        encoder.forker(6, START);
        return view();
    }

    private ProcessView exec(String arguments, @Nullable String interpreter) {
        begin(ProcessView.Type.EXEC);
        encoder.path(bytes("/tmp/tool"))
                .executable(bytes("/usr/bin/dash"), 8, 1, 15)
                .arguments(bytes(arguments));
        if (interpreter != null) {
            encoder.interpreter(bytes(interpreter));
        }
        return view();
    }

    private ProcessView failed(Integrity integrity) {
        begin(ProcessView.Type.EXEC_FAILED);
        encoder.failed(ProcessView.ExecCall.EXECVEAT, Mitigation.STASH, START, 5, 0x100, -2)
                .trust(Provenance.ENTER, integrity)
                .path(bytes("/tmp/none"));
        return view();
    }

    private ProcessView exit(int status) {
        begin(ProcessView.Type.EXIT);
        encoder.status(status);
        return view();
    }

    private ProcessView view() {
        encoder.finish();
        return new ProcessRecordView().wrap(encoder.buffer(), 0).snapshot();
    }

    private static EventView call(int execId) {
        RecordEncoder record = record(execId);
        record.finishPartial();
        return new RecordView().wrap(record.buffer(), 0);
    }

    private static RecordEncoder record(int execId) {
        RecordEncoder record = new RecordEncoder()
                .begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .process(START, execId)
                .dirfd(-100)
                .path(bytes("/etc/passwd"), Provenance.ENTER, Integrity.MATCH);
        return record.thread(7, 7, 1, 6);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
