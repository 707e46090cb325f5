// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.connection;

import java.util.List;
import java.util.Set;

/**
 * The permissions to subscribe, and to control, which is to change the mode of the shared capture. Immutable.
 *
 * @param users user ids that may subscribe through a UNIX socket; empty for all that the socket's mode lets in
 * @param certificates names of certificates that may subscribe; empty for all that an accepted authority signed
 * @param controllingUsers user ids that may control
 * @param controllingCertificates names of certificates that may control
 */
public record Access(
        Set<Integer> users,
        List<String> certificates,
        Set<Integer> controllingUsers,
        List<String> controllingCertificates) {

    public Access {
        users = Set.copyOf(users);
        certificates = List.copyOf(certificates);
        controllingUsers = Set.copyOf(controllingUsers);
        controllingCertificates = List.copyOf(controllingCertificates);
    }

    /** Returns permissions by which every user whom the socket lets in may subscribe, and root may control. */
    public static Access standard() {
        return new Access(Set.of(), List.of(), Set.of(0), List.of());
    }

    /** Returns whether a peer may subscribe; a peer that may control may also subscribe. */
    public boolean maySubscribe(Peer peer) {
        if (peer instanceof Peer.LocalProcess process) {
            return users.isEmpty() || users.contains(process.uid()) || mayControl(peer);
        }
        if (peer instanceof Peer.Certified certified) {
            return certificates.isEmpty() || isNamed(certified, certificates) || mayControl(peer);
        }
        return peer instanceof Peer.Local && users.isEmpty();
    }

    /** Returns whether a peer may change the mode of the shared capture. */
    public boolean mayControl(Peer peer) {
        if (peer instanceof Peer.LocalProcess process) {
            return controllingUsers.contains(process.uid());
        }
        return peer instanceof Peer.Certified certified && isNamed(certified, controllingCertificates);
    }

    private static boolean isNamed(Peer.Certified certified, List<String> names) {
        return names.contains(certified.subject()) || certified.names().stream().anyMatch(names::contains);
    }
}
