// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A container, as the path of its cgroup names it. Runtimes put a container into a cgroup whose name has the
 * container's id; the path is the kernel's, but its names are chosen by whoever may make cgroups: root, and users to
 * whom a part of the hierarchy is delegated (cgroups(7)). Such a user can make a cgroup that looks like a container's.
 *
 * @param id the container's id; of a container by systemd-nspawn or LXC its name
 * @param runtime what made it: docker, containerd, cri-o, podman, systemd-nspawn, lxc, or kubernetes where the path
 *     names a pod and an id alone; gvisor of a sandbox, which tells of no other
 * @param pod the pod's uid, where the cgroup is below that of a Kubernetes pod
 */
public record Container(String id, String runtime, Optional<String> pod) {
    private static final String HEX = "([0-9a-f]{64})";
    /** Kubernetes writes a uid with underscores where systemd makes the cgroup, since a dash has a meaning there. */
    private static final Pattern POD =
            Pattern.compile("(?:^|-)pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\\.slice)?$");

    /** How runtimes name the directory of a container. */
    private enum Naming {
        DOCKER("docker", "docker-" + HEX + "\\.scope"),
        CONTAINERD("containerd", "(?:cri-containerd|nerdctl)-" + HEX + "\\.scope"),
        CRI_O("cri-o", "crio-" + HEX + "(?:\\.scope)?"),
        PODMAN("podman", "libpod-" + HEX + "(?:\\.scope)?"),
        NSPAWN_SERVICE("systemd-nspawn", "systemd-nspawn@([A-Za-z0-9_.\\\\-]+)\\.service"),
        NSPAWN_SCOPE("systemd-nspawn", "machine-([A-Za-z0-9_.\\\\-]+)\\.scope"),
        LXC("lxc", "lxc\\.payload\\.([A-Za-z0-9_.-]+)");

        final String runtime;
        final Pattern directory;

        Naming(String runtime, String directory) {
            this.runtime = runtime;
            this.directory = Pattern.compile(directory);
        }
    }

    private static final Pattern ID = Pattern.compile(HEX);
    /** The ids that runtimes accept. */
    private static final Pattern SANDBOX_ID = Pattern.compile("[A-Za-z0-9_.+-]+");

    /**
     * Returns the innermost container that the path of a cgroup names; empty for a cgroup of no container. Allocates.
     *
     * @param cgroup the path from the root of the v2 hierarchy, such as {@code /system.slice/docker-0123….scope}
     */
    public static Optional<Container> ofCgroup(String cgroup) {
        String[] names = cgroup.split("/", -1);
        Container found = null;
        String pod = null;
        for (int i = 0; i < names.length; i++) {
            Matcher uid = POD.matcher(names[i]);
            if (uid.find()) {
                pod = uid.group(1).replace('_', '-');
            }
            Container here = of(names[i], i == 0 ? "" : names[i - 1], pod);
            found = here == null ? found : here;
        }
        return Optional.ofNullable(found);
    }

    /** Returns the container of a sandbox, whose id its events name; null for what is no id. */
    static @Nullable Container ofSandbox(String id) {
        return SANDBOX_ID.matcher(id).matches() ? new Container(id, "gvisor", Optional.empty()) : null;
    }

    private static @Nullable Container of(String name, String above, @Nullable String pod) {
        Optional<String> ofPod = Optional.ofNullable(pod);
        for (Naming naming : Naming.values()) {
            Matcher matcher = naming.directory.matcher(name);
            if (matcher.matches()) {
                return new Container(matcher.group(1), naming.runtime, ofPod);
            }
        }
        if (ID.matcher(name).matches()) {
            return new Container(
                    name, above.equals("docker") ? "docker" : pod == null ? "containerd" : "kubernetes", ofPod);
        }
        return above.equals("lxc") ? new Container(name, "lxc", ofPod) : null;
    }
}
