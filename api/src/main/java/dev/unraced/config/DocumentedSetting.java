// SPDX-License-Identifier: Apache-2.0
package dev.unraced.config;

/**
 * One key as the {@code reference.conf} on the class path document it, for people to read.
 *
 * @param section what the key belongs to: {@code unraced} for the library itself, {@code unraced.NAME} for what a
 *     driver or another jar brings
 * @param key the full key, such as {@code unraced.stash.entries}
 * @param defaultValue its default, as {@link Setting#value()} writes values
 * @param variable the environment variable that sets it
 * @param description what it means, and what is allowed: the comment above the key, as one line
 */
public record DocumentedSetting(String section, String key, String defaultValue, String variable, String description) {}
