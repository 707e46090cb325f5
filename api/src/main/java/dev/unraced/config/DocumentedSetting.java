// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

/**
 * The documentation of one key from the {@code reference.conf} files on the class path, for people to read.
 *
 * @param section the section of the key: {@code unraced} for the library itself, {@code unraced.NAME} for keys of a
 *     driver or another jar
 * @param key the full key, such as {@code unraced.stash.entries}
 * @param defaultValue its default, as {@link Setting#value()} writes values
 * @param variable the environment variable that sets it
 * @param description its meaning and the allowed values: the comment above the key, as one line
 */
public record DocumentedSetting(String section, String key, String defaultValue, String variable, String description) {}
