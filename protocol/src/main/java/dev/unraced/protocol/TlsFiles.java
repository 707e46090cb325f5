// SPDX-License-Identifier: Apache-2.0
package dev.unraced.protocol;

import java.nio.file.Path;

/**
 * The PEM files with the identity of one end of a connection; they are read again when they change.
 *
 * @param certificate its certificate, and the chain up to the authority
 * @param key the private key, PKCS #8
 * @param authorities certificates of the authorities that sign the other end's certificates
 */
public record TlsFiles(Path certificate, Path key, Path authorities) {}
