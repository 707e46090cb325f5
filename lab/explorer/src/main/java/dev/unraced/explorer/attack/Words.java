// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.ConnectedSocket;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenHow;
import dev.unraced.event.Provenance;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import dev.unraced.linux.Errno;
import dev.unraced.sim.trace.TraceListener.Argument;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Formats values for a timeline. */
final class Words {
    /** The flags that say nothing about trust. */
    private static final Set<EventFlag> PLAIN = EnumSet.of(EventFlag.HAS_FILE, EventFlag.HAS_SOCKET, EventFlag.CREATED);

    private Words() {}

    static String name(Syscall syscall) {
        return syscall.name().toLowerCase(Locale.ROOT);
    }

    static String name(Argument argument) {
        return (argument == Argument.HOW ? "" : "the ") + argument.name().toLowerCase(Locale.ROOT);
    }

    /** Formats the bytes of an argument in memory. */
    static String argument(Argument argument, byte[] bytes, int length) {
        ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return switch (argument) {
            case PATH -> path(Arrays.copyOf(bytes, length));
            case ADDRESS -> address(Arrays.copyOf(bytes, length));
            case HOW -> "how " + how(fields.getLong(0), fields.getLong(2 * Long.BYTES));
            case BLOCK -> "descriptor " + fields.getInt(0);
        };
    }

    static String path(byte[] path) {
        return path(ByteString.copyOf(path));
    }

    static String path(ByteString path) {
        return '"' + path.toUtf8() + '"';
    }

    static String address(byte[] address) {
        return address(new Sockaddr(ByteString.copyOf(address)));
    }

    private static String address(Sockaddr address) {
        return address.inetAddress()
                .map(host -> host.getHostAddress() + ":" + address.port())
                .orElse("family " + address.family());
    }

    /** Formats flags and resolve of openat2. */
    static String how(long flags, long resolve) {
        String access = switch ((int) (flags & 3)) {
            case 0 -> "O_RDONLY";
            case 1 -> "O_WRONLY";
            default -> "O_RDWR";
        };
        return "{" + access + (resolve == 0 ? "" : ", resolve 0x" + Long.toHexString(resolve)) + "}";
    }

    /** Formats the raw return value. */
    static String result(long result) {
        return result >= 0
                ? Long.toString(result)
                : switch ((int) -result) {
                    case Errno.ENOENT -> "-ENOENT";
                    case Errno.EINTR -> "-EINTR";
                    case Errno.EBADF -> "-EBADF";
                    case Errno.ECONNREFUSED -> "-ECONNREFUSED";
                    case Errno.ERESTARTSYS -> "-ERESTARTSYS";
                    default -> Long.toString(result);
                };
    }

    /** Describes an event in two lines: its arguments, and its effect. */
    static List<String> event(SyscallEvent event) {
        String flags = event.flags().stream()
                .filter(flag -> !PLAIN.contains(flag))
                .sorted()
                .map(EventFlag::name)
                .collect(Collectors.joining(" "));
        String effect = (event instanceof OpenEvent open ? opened(open) : connected((ConnectEvent) event))
                .orElse("result " + result(event.call().result()));
        return List.of(
                event instanceof OpenEvent open ? arguments(open) : arguments((ConnectEvent) event),
                effect + (flags.isEmpty() ? "" : ", " + flags));
    }

    private static String arguments(OpenEvent event) {
        String text = event.path().isPresent()
                ? "path " + path(event.path().value())
                        + trust(event.path().provenance(), event.path().integrity())
                : "no path";
        if (event.call().syscall() != Syscall.OPENAT2) {
            return text;
        }
        OpenHow how = event.how().value();
        return text + ", how " + how(how.flags(), how.resolve())
                + trust(event.how().provenance(), event.how().integrity());
    }

    private static Optional<String> opened(OpenEvent event) {
        return event.file().map(file -> "really opened " + path(file.path()));
    }

    private static String arguments(ConnectEvent event) {
        return event.address().isPresent()
                ? "address " + address(event.address().value())
                        + trust(event.address().provenance(), event.address().integrity())
                : "no address";
    }

    private static Optional<String> connected(ConnectEvent event) {
        boolean hasNoPort = event.socket()
                .flatMap(ConnectedSocket::local)
                .filter(own -> own.inetAddress().isPresent() && own.port() == 0)
                .isPresent();
        return event.socket()
                .flatMap(ConnectedSocket::remote)
                .map(peer -> "really connected to " + address(peer) + (hasNoPort ? " from port 0" : ""));
    }

    private static String trust(Provenance provenance, Integrity integrity) {
        return " " + provenance + " " + integrity;
    }
}
