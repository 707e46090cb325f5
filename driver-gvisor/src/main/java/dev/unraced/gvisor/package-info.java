// SPDX-License-Identifier: Apache-2.0
/**
 * The gVisor driver: merges the points that sentries of sandboxes send to a remote sink.
 *
 * <p>A {@link dev.unraced.gvisor.Listener} accepts sandboxes. Each sandbox has a {@link dev.unraced.gvisor.Link} whose
 * thread only moves frames into a {@link dev.unraced.gvisor.FrameQueue}. One thread for all decodes them
 * ({@link dev.unraced.gvisor.FrameDecoder}), merges them ({@link dev.unraced.gvisor.Merger}) and writes records. Data
 * from a sandbox is never trusted: every length is checked, every count is bounded, and nothing that one sandbox sends
 * changes the report of another.
 *
 * <p>All native access is through {@link dev.unraced.natives.LibC}, all use of the runsc command through
 * {@link dev.unraced.gvisor.session.Runsc}.
 */
@NullMarked
package dev.unraced.gvisor;

import org.jspecify.annotations.NullMarked;
