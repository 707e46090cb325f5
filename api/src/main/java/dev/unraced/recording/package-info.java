// SPDX-License-Identifier: Apache-2.0
/**
 * Recordings: the merged records of a capture in a file, exactly as they were in its ring, to be read again later.
 *
 * <p>{@code docs/recording.md} describes the format, which {@link dev.unraced.recording.RecordingFormat} has the
 * numbers of. A recording is made from any {@link dev.unraced.driver.Capture}; nothing here knows where its records
 * come from.
 */
@NullMarked
package dev.unraced.recording;

import org.jspecify.annotations.NullMarked;
