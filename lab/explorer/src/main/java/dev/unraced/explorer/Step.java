// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer;

/**
 * One atomic step that a thread made.
 *
 * @param label describes the step; its {@code toString()} is called only for display, so that a search builds no
 *     strings; it must not change afterwards
 */
public record Step(int thread, Object label) {}
