// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site;

import java.util.List;

/**
 * The outcome of a build.
 *
 * @param documents the pages made of Markdown
 * @param files the pages made of other files and of folders
 * @param links the links from page to page
 * @param elsewhere the links to other hosts, which the build does not follow
 * @param broken a line for each link without a target
 */
record SiteResult(int documents, int files, int links, int elsewhere, List<String> broken) {
    SiteResult {
        broken = List.copyOf(broken);
    }
}
