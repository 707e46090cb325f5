// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.wire;

import java.nio.file.Path;

/**
 * Where the identity of an end of a connection lies: PEM files, read again when they change.
 *
 * @param certificate its certificate, and the chain up to the authority
 * @param key the private key, PKCS #8
 * @param authorities certificates of those who sign the other end's certificates
 */
public record TlsFiles(Path certificate, Path key, Path authorities) {}
