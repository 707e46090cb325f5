// SPDX-License-Identifier: Apache-2.0
/**
 * The parts of the wire that both ends share: addresses, and the messages of {@code unraced.v1} beside the library's
 * types.
 */
@NullMarked
package dev.unraced.remote.wire;

import org.jspecify.annotations.NullMarked;
