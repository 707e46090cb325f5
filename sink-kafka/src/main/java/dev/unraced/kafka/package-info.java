// SPDX-License-Identifier: Apache-2.0
/**
 * Sends a server's events to Kafka. A module of its own, so that nobody else carries a broker's client; nothing may
 * depend on it.
 */
@NullMarked
package dev.unraced.kafka;

import org.jspecify.annotations.NullMarked;
