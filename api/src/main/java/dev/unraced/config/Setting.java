// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

/**
 * One key of a configuration, for people to read.
 *
 * @param key the full key, such as {@code unraced.stash.entries}
 * @param value its value as a configuration file takes it; control characters are escaped
 * @param origin where the value came from: {@code default}, {@code /etc/unraced/unraced.conf:3}, {@code environment
 *     variable UNRACED_STASH_ENTRIES}, {@code system property unraced.stash.entries}, or {@code builder} or what else
 *     {@link CaptureConfigBuilder#origin} says
 */
public record Setting(String key, String value, String origin) {}
