// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import org.jspecify.annotations.Nullable;

/**
 * The namespace and directories of a thread.
 *
 * @param namespace number of its mount namespace
 * @param root its root directory; null for the root of a namespace
 * @param rootNamespace number of the namespace that has this root
 * @param cwd its working directory
 */
record Standing(int namespace, @Nullable Place root, int rootNamespace, Place cwd) {}
