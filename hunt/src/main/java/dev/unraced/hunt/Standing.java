// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import org.jspecify.annotations.Nullable;

/**
 * Where a thread stands.
 *
 * @param namespace number of its mount namespace
 * @param root its root directory; null is that of a namespace
 * @param rootNamespace which namespace's root that is
 * @param cwd its working directory
 */
record Standing(int namespace, @Nullable Place root, int rootNamespace, Place cwd) {}
