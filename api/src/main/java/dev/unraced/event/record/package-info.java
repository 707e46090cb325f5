// SPDX-License-Identifier: Apache-2.0
/** Writes the bytes of a record, and checks bytes that another party wrote. Readers of events need neither. */
@NullMarked
package dev.unraced.event.record;

import org.jspecify.annotations.NullMarked;
