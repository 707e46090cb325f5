// SPDX-License-Identifier: Apache-2.0
/** What both ends of the wire share: addresses, and the messages of {@code unraced.v1} beside the library's types. */
@NullMarked
package dev.unraced.remote.wire;

import org.jspecify.annotations.NullMarked;
