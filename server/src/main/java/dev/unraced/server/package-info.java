// SPDX-License-Identifier: Apache-2.0
/**
 * The server: one capture for many subscribers, by gRPC.
 *
 * <p>{@link dev.unraced.server.Captures} holds the captures, {@link dev.unraced.server.GrpcServer} publishes them, and
 * {@link dev.unraced.server.Sinks} passes their events to sinks in this process. The packages below have one part each:
 * {@code broadcast} distributes events, {@code connection} decides who may connect, {@code linux} asks the machine, and
 * {@code sink} is what a sink implements. The server depends on no driver: it gets one from the program that starts it.
 */
@NullMarked
package dev.unraced.server;

import org.jspecify.annotations.NullMarked;
