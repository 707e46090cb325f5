// SPDX-License-Identifier: Apache-2.0
/**
 * Recordings: files with the merged records of a capture, exactly as they were in its ring, to be read again later.
 *
 * <p>{@code docs/reference/recording.md} describes the format, and {@link dev.unraced.recording.RecordingFormat} has
 * its numbers. A recording can be made from any {@link dev.unraced.capture.Capture}; this package does not know where
 * its records come from.
 */
@NullMarked
package dev.unraced.recording;

import org.jspecify.annotations.NullMarked;
