// SPDX-License-Identifier: Apache-2.0
/**
 * Sends a server's events as log records of OpenTelemetry. It is a module of its own, so that only its users carry the
 * SDK; no other module may depend on it.
 */
@NullMarked
package dev.unraced.otlp;

import org.jspecify.annotations.NullMarked;
