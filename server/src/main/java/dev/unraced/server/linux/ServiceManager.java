// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import dev.unraced.event.Sockaddr;
import dev.unraced.linux.SocketTypes;
import dev.unraced.natives.LibC;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the server's progress to systemd, by the protocol of sd_notify(3): a datagram to the socket in
 * {@code NOTIFY_SOCKET}. Without that variable it does nothing.
 */
public final class ServiceManager {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

    private final String socket;

    /** Uses the socket that the environment names. */
    public ServiceManager(Map<String, String> environment) {
        this.socket = environment.getOrDefault("NOTIFY_SOCKET", "");
    }

    /** Reports that subscribers can come. */
    public void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    /** Reports that the server is about to end. */
    public void stopping() {
        send("STOPPING=1");
    }

    private void send(String message) {
        if (socket.isEmpty()) {
            return;
        }
        byte[] path = socket.getBytes(StandardCharsets.UTF_8);
        if (path[0] == '@') {
            // A leading zero byte means the abstract namespace, see unix(7).
            path[0] = 0;
        }
        byte[] address = ByteBuffer.allocate(Short.BYTES + path.length)
                .order(ByteOrder.nativeOrder())
                .putShort((short) Sockaddr.AF_UNIX)
                .put(path)
                .array();
        byte[] data = message.getBytes(StandardCharsets.UTF_8);
        try {
            int fd = LibC.socket(Sockaddr.AF_UNIX, SocketTypes.SOCK_DGRAM | SocketTypes.SOCK_CLOEXEC, 0);
            if (fd < 0) {
                throw new LastErrorException(Native.getLastError());
            }
            try {
                LibC.sendto(fd, data, data.length, 0, address, address.length);
            } finally {
                LibC.close(fd);
            }
        } catch (LastErrorException e) {
            LOG.warn("The service manager cannot be told: {}", e.getMessage());
        }
    }
}
