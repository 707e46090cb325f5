// SPDX-License-Identifier: Apache-2.0
/** The pictures of the documents, as SVG that follows light and dark. */
@NullMarked
package dev.unraced.site.picture;

import org.jspecify.annotations.NullMarked;
