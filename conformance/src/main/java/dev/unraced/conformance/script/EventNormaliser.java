// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.script;

import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.Call;
import dev.unraced.event.Caller;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.ConnectedSocket;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenedFile;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.SyscallEvent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Removes from events what is different in each run of one script. */
final class EventNormaliser {
    private static final int FIRST_EPHEMERAL_PORT = 32768;
    private static final int SOME_PORT = 0xffff;
    private static final byte[] PLACEHOLDER = "$DIR".getBytes(StandardCharsets.US_ASCII);

    private final byte[] directory;

    EventNormaliser(ByteString directory) {
        this.directory = directory.toByteArray();
    }

    SyscallEvent normalise(SyscallEvent event, int thread) {
        Call call = normalise(event.call());
        Caller caller = Caller.builder().tid(thread).comm(event.caller().comm()).build();
        if (event instanceof OpenEvent open) {
            return new OpenEvent(
                    call,
                    caller,
                    open.flags(),
                    open.dirfd(),
                    with(open.path(), withoutDirectory(open.path().value())),
                    open.how(),
                    open.file().map(this::normalise));
        }
        ConnectEvent connect = (ConnectEvent) event;
        ByteString passed = connect.address().value().bytes();
        ByteString address = withoutPort(withoutDirectory(passed));
        // The change of length keeps an address as long as its addrlen.
        int addrlen = connect.addrlen() + (address.length() - passed.length());
        return new ConnectEvent(
                call,
                caller,
                connect.flags(),
                connect.fd(),
                with(connect.address(), new Sockaddr(address)),
                addrlen,
                connect.socket().map(this::normalise),
                connect.block());
    }

    private static Call normalise(Call call) {
        return Call.builder()
                .type(call.type())
                .syscall(call.syscall())
                .abi(call.abi())
                .origin(call.origin())
                .mitigation(call.mitigation())
                .result(call.result())
                .build();
    }

    private OpenedFile normalise(OpenedFile file) {
        return new OpenedFile(withoutDirectory(file.path()), 0, 0, 0, file.created());
    }

    private ConnectedSocket normalise(ConnectedSocket socket) {
        return new ConnectedSocket(
                socket.family(),
                socket.type(),
                socket.protocol(),
                socket.local().flatMap(this::endpoint),
                socket.remote().flatMap(this::endpoint));
    }

    /**
     * Returns an address without ephemeral port, padding, flow label and scope; empty for a UNIX socket without a name.
     */
    private Optional<Sockaddr> endpoint(Sockaddr address) {
        Optional<ByteString> name = address.unixPath();
        if (address.family() == Sockaddr.AF_UNIX) {
            return name.map(path ->
                    new Sockaddr(SocketAddresses.unix(withoutDirectory(path).toByteArray())));
        }
        byte[] bytes = withoutPort(address.bytes()).toByteArray();
        if (address.family() == Sockaddr.AF_INET && bytes.length > 8) {
            Arrays.fill(bytes, 8, bytes.length, (byte) 0);
        } else if (address.family() == Sockaddr.AF_INET6 && bytes.length >= 28) {
            Arrays.fill(bytes, 4, 8, (byte) 0);
            Arrays.fill(bytes, 24, bytes.length, (byte) 0);
        }
        return Optional.of(new Sockaddr(ByteString.copyOf(bytes)));
    }

    private static ByteString withoutPort(ByteString bytes) {
        if (new Sockaddr(bytes).port() < FIRST_EPHEMERAL_PORT) {
            return bytes;
        }
        byte[] masked = bytes.toByteArray();
        masked[2] = (byte) (SOME_PORT >> 8);
        masked[3] = (byte) SOME_PORT;
        return ByteString.copyOf(masked);
    }

    private ByteString withoutDirectory(ByteString text) {
        byte[] bytes = text.toByteArray();
        for (int at = 0; at + directory.length <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + directory.length, directory, 0, directory.length)) {
                byte[] shorter = new byte[bytes.length - directory.length + PLACEHOLDER.length];
                System.arraycopy(bytes, 0, shorter, 0, at);
                System.arraycopy(PLACEHOLDER, 0, shorter, at, PLACEHOLDER.length);
                int rest = at + directory.length;
                System.arraycopy(bytes, rest, shorter, at + PLACEHOLDER.length, bytes.length - rest);
                return ByteString.copyOf(shorter);
            }
        }
        return text;
    }

    private static <T> Argument<T> with(Argument<T> argument, T value) {
        return new Argument<>(value, argument.provenance(), argument.integrity());
    }
}
