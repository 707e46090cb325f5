// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerTest {
    private static final String ID = "0123456789abcdef".repeat(4);
    private static final String POD = "12345678-9abc-def0-1234-56789abcdef0";

    @ParameterizedTest
    @CsvSource({
        "docker, /system.slice/docker-ID.scope",
        "docker, /docker/ID",
        "docker, /docker/ID/init.scope",
        "unknown, /default/ID",
        "unknown, /ecs/0123456789abcdef0123456789abcdef/ID",
        "unknown, /parent/of/docker/cgroup/ID",
        "cri-o, /machine.slice/crio-ID.scope",
        "podman, /machine.slice/libpod-ID.scope/container",
        "podman, /system.slice/web.service/libpod-payload-ID",
        "podman, /user.slice/user-0.slice/session-3.scope/libpod-payload-ID",
    })
    void theIdIsInTheName(String runtime, String path) {
        assertThat(Container.ofCgroup(path.replace("ID", ID))).contains(new Container(ID, runtime, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "kubernetes, /kubepods/burstable/podPOD/ID",
        "containerd, /kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podUID.slice/cri-containerd-ID.scope",
        "containerd, /kubepods.slice/kubepods-podUID.slice/cri-containerd-ID.scope",
        "cri-o, /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podUID.slice/crio-ID.scope",
    })
    void soIsThePod(String runtime, String path) {
        String named =
                path.replace("POD", POD).replace("UID", POD.replace('-', '_')).replace("ID", ID);
        assertThat(Container.ofCgroup(named)).contains(new Container(ID, runtime, Optional.of(POD)));
    }

    @ParameterizedTest
    @CsvSource({
        "web, systemd-nspawn, /machine.slice/systemd-nspawn@web.service/payload",
        "web, machined, /machine.slice/machine-web.scope/payload",
        "web, lxc, /lxc.payload.web/system.slice",
        "web, lxc, /lxc/web/ns",
    })
    void someHaveANameForAnId(String id, String runtime, String path) {
        assertThat(Container.ofCgroup(path)).contains(new Container(id, runtime, Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "",
                "/init.scope",
                "/system.slice/ssh.service",
                "/user.slice/user-0.slice/session-1.scope",
                "/system.slice/docker.service",
                "/system.slice/docker-0123.scope",
                "/kubepods.slice",
                "/lxc.monitor.web",
                "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/vcpu0",
                "/machine.slice/machine-lxc\\x2d17\\x2dvm.scope",
                "/user.slice/user-1000.slice/user@1000.service/lxc/web",
                "/system.slice/lxc/web",
                "/lxc/no name",
            })
    void otherCgroupsAreOfNone(String path) {
        assertThat(Container.ofCgroup(path)).isEmpty();
    }

    @Test
    void ofNestedOnesTheInnermostCounts() {
        String inner = "f".repeat(64);
        assertThat(Container.ofCgroup("/docker/" + ID + "/kubepods/pod" + POD + "/" + inner))
                .contains(new Container(inner, "kubernetes", Optional.of(POD), List.of(ID), OptionalLong.empty()));
        assertThat(Container.ofCgroup("/lxc/a/docker/" + ID + "/lxc/b")
                        .orElseThrow()
                        .ids())
                .containsExactly("b", "a", ID);
    }

    @ParameterizedTest
    @CsvSource({
        "1000, /user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope",
        "1000, /user.slice/user-1000.slice/user@1000.service/app.slice/kubepods/podPOD/ID",
        "1001, /user.slice/user-1001.slice/session-1.scope/docker/ID",
        "1002, /user@1002.service/user-1003.slice/docker/ID",
        "4294967294, /user.slice/user-4294967294.slice/docker/ID",
    })
    void aUserCanHaveMadeWhatIsBelowItsOwnService(long user, String path) {
        assertThat(Container.ofCgroup(path.replace("POD", POD).replace("ID", ID))
                        .orElseThrow()
                        .delegatedTo())
                .hasValue(user);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/system.slice/docker-ID.scope",
                "/user.slice/user-0.slice/user@0.service/docker/ID",
                "/user.slice/user-a.slice/docker/ID",
                "/superuser-1000.slice/docker/ID",
                "/system.slice/docker-ID.scope/user.slice/user-5.slice/user@5.service/app.slice",
                "/machine.slice/libpod-ID.scope/container/user.slice/user@5.service",
            })
    void rootMakesTheOthers(String path) {
        assertThat(Container.ofCgroup(path.replace("ID", ID)).orElseThrow().delegatedTo())
                .isEmpty();
    }

    @Test
    void aSandboxNamesItsContainerUnlessItIsNoName() {
        assertThat(Container.ofSandbox("runsc-17")).isEqualTo(new Container("runsc-17", "gvisor", Optional.empty()));
        assertThat(Container.ofSandbox("a\"b")).isNull();
    }
}
