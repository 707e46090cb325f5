// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.event.Sockaddr.AF_UNSPEC;
import static dev.unraced.linux.Errno.EADDRINUSE;
import static dev.unraced.linux.Errno.EADDRNOTAVAIL;
import static dev.unraced.linux.Errno.EAFNOSUPPORT;
import static dev.unraced.linux.Errno.EINVAL;

import dev.unraced.sim.net.InetSocket.State;
import org.jspecify.annotations.Nullable;

/** bind(2) of internet sockets: {@code inet_bind_sk} and {@code inet6_bind_sk}. The caller may take any port. */
final class InetBind {
    private InetBind() {}

    /**
     * Binds.
     *
     * @param devices the host's devices
     * @param ports null for raw sockets, which have none
     * @return 0 or a negated errno
     */
    static int bind(InetSocket socket, Address address, Devices devices, @Nullable Ports ports) {
        boolean v4 = socket.family() == AF_INET;
        if (address.length() < (v4 ? Address.IN_SIZE : Address.IN6_SHORT_SIZE)) {
            return -EINVAL;
        }
        // Old programs use AF_UNSPEC for AF_INET, which the kernel accepts only with 0.0.0.0.
        boolean unspecified =
                v4 && address.family() == AF_UNSPEC && address.in().isAny();
        if (address.family() != socket.family() && !unspecified) {
            return -EAFNOSUPPORT;
        }
        Ip ip = v4 ? address.in() : address.in6();
        boolean onLink = ip.isLinkLocal();
        // A link-local address needs a device, which the address or the socket names.
        if (onLink && !socket.takeScope(address)) {
            return -EINVAL;
        }
        boolean available =
                onLink ? ip.equals(Ip.LINK_LOCAL) && devices.hasLink(socket.device) : ip.isAny() || devices.isLocal(ip);
        // inet_bind_sk checks the address before the socket's state; inet6_bind_sk does so after it.
        if (v4 && !available) {
            return -EADDRNOTAVAIL;
        }
        if (socket.state != State.CLOSE || (ports != null && socket.num != 0)) {
            return -EINVAL;
        }
        if (ip.isMapped() && socket.isIp6Only()) {
            return -EINVAL;
        }
        if (!available) {
            return -EADDRNOTAVAIL;
        }
        socket.localIp = ip;
        if (ports != null && !(address.port() == 0 ? ports.takeAny(socket) : ports.take(socket, address.port()))) {
            socket.localIp = socket.any();
            return -EADDRINUSE;
        }
        socket.addressLocked |= !ip.equals(socket.any());
        socket.portLocked |= address.port() != 0;
        socket.dport = 0;
        if (socket.family() != AF_INET6) {
            socket.remoteIp = socket.any();
        }
        return 0;
    }
}
