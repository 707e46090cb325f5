// SPDX-License-Identifier: Apache-2.0
/** What the running Linux tells about itself in files, as all drivers of a kernel need it. No native code. */
@NullMarked
package dev.unraced.linux;

import org.jspecify.annotations.NullMarked;
