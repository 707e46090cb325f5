// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.capture.Availability;
import dev.unraced.natives.SocketProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** Finds out why a UNIX socket does not answer: the transport reports an error number at best. */
final class SocketTrouble {
    private SocketTrouble() {}

    /** Returns the problem with a socket's file; empty if there is none, or the reason is unknown. */
    static Optional<Availability> find(Path socket) {
        if (Files.notExists(socket)) {
            return Optional.of(
                    new Availability.Unavailable(
                            "NO_SERVER",
                            "No server answers at unix:" + socket + ": there is no such file.",
                            "Start one as root: unraced serve. One that listens elsewhere is named by unraced.remote.address."));
        }
        SocketProbe probe = SocketProbe.of(socket);
        return switch (probe.state()) {
            case LISTENING -> Optional.empty();
            case BUSY ->
                Optional.of(new Availability.Unavailable(
                        "NO_ANSWER",
                        "The server at unix:" + socket + " takes no connection: " + probe.reason() + ".",
                        "Look at its log. If it hangs, start it again."));
            case NOBODY ->
                Optional.of(new Availability.Unavailable(
                        "NO_SERVER",
                        "No server answers at unix:" + socket + ": no process listens there; a server that was killed"
                                + " has left the file.",
                        "Start one as root: unraced serve."));
            case NOT_ALLOWED -> Optional.of(closed(socket));
        };
    }

    /** connect(2) needs write permission on the socket, and permission to enter each folder (unix(7)). */
    private static Availability closed(Path socket) {
        String user = System.getProperty("user.name", "?");
        try {
            PosixFileAttributes file =
                    Files.readAttributes(socket, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new Availability.Unavailable(
                    "NOT_ALLOWED",
                    "User " + user + " may not connect to unix:" + socket + ": it belongs to "
                            + file.owner().getName() + ":" + file.group().getName() + ", "
                            + PosixFilePermissions.toString(file.permissions()) + ".",
                    "Have its operator name this user with --socket-owner, or open the socket with --socket-mode.");
        } catch (IOException e) {
            return new Availability.Unavailable(
                    "NOT_ALLOWED",
                    "User " + user + " may not enter the folder of unix:" + socket + ".",
                    "Have its operator open the folder, or listen in another one: unraced serve --listen.");
        }
    }
}
