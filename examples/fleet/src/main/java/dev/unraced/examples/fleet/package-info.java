// SPDX-License-Identifier: Apache-2.0
/** An example: events of many hosts, which their servers send to Kafka, judged together by Kafka Streams. */
@NullMarked
package dev.unraced.examples.fleet;

import org.jspecify.annotations.NullMarked;
