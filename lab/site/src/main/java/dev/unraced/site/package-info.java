// SPDX-License-Identifier: Apache-2.0
/**
 * The documents as a static site. {@link dev.unraced.site.Site} follows the links of the first page, writes a page for
 * each document and file that it reaches, and {@link dev.unraced.site.LinkCheck} looks for each link's target.
 */
@NullMarked
package dev.unraced.site;

import org.jspecify.annotations.NullMarked;
