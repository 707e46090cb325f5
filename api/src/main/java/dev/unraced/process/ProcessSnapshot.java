// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;
import java.util.List;
import java.util.Optional;

/**
 * An immutable copy of what was known of the process behind an event ({@link EventProcess#snapshot}).
 *
 * @param image the process and its program; empty where nobody knows it
 * @param absence why the program is not known; empty where it is
 * @param cgroup the path of the cgroup at the time of the event
 * @param container the container that the cgroup, or a sandbox, names
 * @param containerDetails what the node's container runtime says of that container
 * @param user the name of the real user
 */
public record ProcessSnapshot(
        Optional<ProcessImage> image,
        Optional<Absence> absence,
        Optional<ByteString> cgroup,
        Optional<Container> container,
        Optional<ContainerDetails> containerDetails,
        Optional<ByteString> user) {

    /** Returns whether the program is known: {@link #absence} is empty. */
    public boolean isKnown() {
        return absence.isEmpty();
    }

    /** Returns the program; one of which nothing is known where {@link #absence} has a reason. */
    public Program program() {
        return image.map(ProcessImage::program).orElse(Program.UNKNOWN);
    }

    /** Returns the path of the file that the kernel executes; empty where it is not known. */
    public Optional<ByteString> executable() {
        return program().executable();
    }

    /** Returns the processes from which this one descends, its forker first; none where it is not known. */
    public List<Ancestor> ancestors() {
        return image.map(ProcessImage::ancestors).orElse(List.of());
    }

    /** Returns the executable for people, or {@code unknown} with the reason; the record's parts say the rest. */
    @Override
    public String toString() {
        return text(absence, program());
    }

    static String text(Optional<Absence> absence, Program program) {
        return absence.map(reason -> "unknown (" + reason + ")")
                .orElseGet(() -> program.executable().map(ByteString::escaped).orElse("no executable"));
    }
}
