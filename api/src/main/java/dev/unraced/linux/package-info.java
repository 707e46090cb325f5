// SPDX-License-Identifier: Apache-2.0
/**
 * Numbers of Linux's interface that all modules share, and facts about the running Linux from its files, which all
 * kernel drivers need. No native code.
 */
@NullMarked
package dev.unraced.linux;

import org.jspecify.annotations.NullMarked;
