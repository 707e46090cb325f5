// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
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
        "containerd, /default/ID",
        "cri-o, /machine.slice/crio-ID.scope",
        "podman, /machine.slice/libpod-ID.scope/container",
        "podman, /user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope",
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
        "web, systemd-nspawn, /machine.slice/machine-web.scope",
        "web, lxc, /lxc.payload.web/system.slice",
        "web, lxc, /lxc/web",
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
            })
    void otherCgroupsAreOfNone(String path) {
        assertThat(Container.ofCgroup(path)).isEmpty();
    }

    @Test
    void ofNestedOnesTheInnermostCounts() {
        String inner = "f".repeat(64);
        assertThat(Container.ofCgroup("/docker/" + ID + "/kubepods/pod" + POD + "/" + inner))
                .contains(new Container(inner, "kubernetes", Optional.of(POD)));
    }

    @Test
    void aSandboxNamesItsContainerUnlessItIsNoName() {
        assertThat(Container.ofSandbox("runsc-17")).isEqualTo(new Container("runsc-17", "gvisor", Optional.empty()));
        assertThat(Container.ofSandbox("a\"b")).isNull();
    }
}
