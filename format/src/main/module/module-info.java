// SPDX-License-Identifier: Apache-2.0
/** Events as lines of text, JSON, OCSF or ECS. */
module dev.unraced.format {
    requires transitive dev.unraced.api;
    requires static org.jspecify;

    exports dev.unraced.format;
}
