// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

/**
 * One key of a configuration, for people to read.
 *
 * @param key the full key, such as {@code unraced.stash.entries}
 * @param value its value in the syntax of a configuration file; control characters are escaped
 * @param origin the origin of the value: {@code default}, {@code /etc/unraced/unraced.conf:3}, {@code environment
 *     variable UNRACED_STASH_ENTRIES}, {@code system property unraced.stash.entries}, {@code builder}, or the text of
 *     {@link CaptureConfigBuilder#origin}
 */
public record Setting(String key, String value, String origin) {}
