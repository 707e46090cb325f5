// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A container, as the path of its cgroup names it. Runtimes put a container into a cgroup whose name has the
 * container's id; the path is the kernel's, but its names are chosen by whoever may make cgroups: root, and users to
 * whom a part of the hierarchy is delegated (cgroups(7)). Such a user can make a cgroup that looks like a container's.
 *
 * @param id the container's id; of a container by systemd-nspawn or LXC its name
 * @param runtime what made it: docker, containerd, cri-o, podman, systemd-nspawn, lxc, or kubernetes where the path
 *     names a pod and an id alone; machined of a machine that systemd-machined lists by its name, {@link #UNKNOWN}
 *     where the path has an id alone; gvisor of a sandbox, which tells of no other
 * @param pod the pod's uid, where the cgroup is below that of a Kubernetes pod
 * @param outer the ids of the containers around it, the outermost first
 * @param delegatedTo the user in whose part of the hierarchy the cgroup is, by systemd's {@code user-UID.slice} or
 *     {@code user@UID.service}: this user can make such cgroups without any container. Empty below root's, and where a
 *     part is delegated otherwise, which no path tells; a user's part within the container does not count
 */
public record Container(String id, String runtime, Optional<String> pod, List<String> outer, OptionalLong delegatedTo) {
    /** The runtime of a container whose cgroup's path has its id and nothing else. */
    public static final String UNKNOWN = "unknown";

    private static final String HEX = "([0-9a-f]{64})";
    /** Kubernetes writes a uid with underscores where systemd makes the cgroup, since a dash has a meaning there. */
    private static final Pattern POD =
            Pattern.compile("(?:^|-)pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\\.slice)?$");
    /** The directories of a user by systemd. A user id has 32 bits, and 0 is root's. */
    private static final Pattern USER =
            Pattern.compile("user(?:-([1-9][0-9]{0,9})\\.slice|@([1-9][0-9]{0,9})\\.service)");

    /** The names that runtimes give to the directory of a container. */
    private enum Naming {
        DOCKER("docker", "docker-" + HEX + "\\.scope"),
        CONTAINERD("containerd", "(?:cri-containerd|nerdctl)-" + HEX + "\\.scope"),
        CRI_O("cri-o", "crio-" + HEX + "(?:\\.scope)?"),
        PODMAN("podman", "libpod-(?:payload-)?" + HEX + "(?:\\.scope)?"),
        NSPAWN("systemd-nspawn", "systemd-nspawn@([A-Za-z0-9_.\\\\-]+)\\.service"),
        // libvirt's machines are virtual ones, or containers of its own that no other tool knows by this name.
        MACHINED("machined", "machine-(?!(?:qemu|lxc)\\\\x2d)([A-Za-z0-9_.\\\\-]+)\\.scope"),
        LXC("lxc", "lxc\\.payload\\.([A-Za-z0-9_.-]+)");

        final String runtime;
        final Pattern directory;

        Naming(String runtime, String directory) {
            this.runtime = runtime;
            this.directory = Pattern.compile(directory);
        }
    }

    private static final Pattern ID = Pattern.compile(HEX);
    private static final Pattern LXC_NAME = Pattern.compile("[A-Za-z0-9_.-]+");
    /** The ids that runtimes accept. */
    private static final Pattern SANDBOX_ID = Pattern.compile("[A-Za-z0-9_.+-]+");

    /** Copies the list. */
    public Container {
        outer = List.copyOf(outer);
    }

    /** Creates a container within no other one, in no user's part of the hierarchy. */
    public Container(String id, String runtime, Optional<String> pod) {
        this(id, runtime, pod, List.of(), OptionalLong.empty());
    }

    /**
     * Returns the innermost container that the path of a cgroup names; empty for a cgroup of no container. Allocates.
     *
     * @param cgroup the path from the root of the v2 hierarchy, such as {@code /system.slice/docker-0123….scope}
     */
    public static Optional<Container> ofCgroup(String cgroup) {
        String[] names = cgroup.split("/", -1);
        List<String> ids = new ArrayList<>();
        Container found = null;
        String pod = null;
        OptionalLong user = OptionalLong.empty();
        OptionalLong delegatedTo = user;
        for (int i = 0; i < names.length; i++) {
            Matcher uid = POD.matcher(names[i]);
            if (uid.find()) {
                pod = uid.group(1).replace('_', '-');
            }
            user = user.isPresent() ? user : userOf(names[i]);
            boolean isLxc = i > 0 && names[i - 1].equals("lxc") && (i == 2 || found != null);
            Container here = of(names[i], i == 0 ? "" : names[i - 1], isLxc, pod);
            if (here != null) {
                ids.add(here.id);
                found = here;
                // A user whose part lies below the container's cgroup is one within it, who cannot have made it.
                delegatedTo = user;
            }
        }
        return found == null
                ? Optional.empty()
                : Optional.of(
                        new Container(found.id, found.runtime, found.pod, ids.subList(0, ids.size() - 1), delegatedTo));
    }

    /** Returns the container's id and those of the containers around it. */
    public Stream<String> ids() {
        return Stream.concat(Stream.of(id), outer.stream());
    }

    /** Returns the container of a sandbox, whose id its events name; null for what is no id. */
    static @Nullable Container ofSandbox(String id) {
        return SANDBOX_ID.matcher(id).matches() ? new Container(id, "gvisor", Optional.empty()) : null;
    }

    private static OptionalLong userOf(String name) {
        Matcher user = USER.matcher(name);
        if (!user.matches()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseLong(user.group(1) == null ? user.group(2) : user.group(1)));
    }

    private static @Nullable Container of(String name, String above, boolean isLxc, @Nullable String pod) {
        Optional<String> ofPod = Optional.ofNullable(pod);
        for (Naming naming : Naming.values()) {
            Matcher matcher = naming.directory.matcher(name);
            if (matcher.matches()) {
                return new Container(matcher.group(1), naming.runtime, ofPod);
            }
        }
        if (ID.matcher(name).matches()) {
            return new Container(name, above.equals("docker") ? "docker" : pod == null ? UNKNOWN : "kubernetes", ofPod);
        }
        return isLxc && LXC_NAME.matcher(name).matches() ? new Container(name, "lxc", ofPod) : null;
    }
}
