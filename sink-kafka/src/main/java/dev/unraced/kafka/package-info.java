// SPDX-License-Identifier: Apache-2.0
/**
 * Sends a server's events to Kafka. It is a module of its own, so that only its users carry a broker's client; no other
 * module may depend on it.
 */
@NullMarked
package dev.unraced.kafka;

import org.jspecify.annotations.NullMarked;
