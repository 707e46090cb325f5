// SPDX-License-Identifier: Apache-2.0
/**
 * The merged event: its binary layout, the flyweight that reads it, and the immutable snapshot.
 *
 * <p>What enters here describes one call. Nothing here knows a driver, a ring or a configuration.
 *
 * <p>One rule holds for what is absent. In a view:
 *
 * <ul>
 *   <li>Bytes that are absent are a view that is not present.
 *   <li>A number of the other family of calls throws {@link java.lang.IllegalStateException}: it would be a mistake to
 *       ask a connect for its directory.
 *   <li>Inode and device without {@link dev.unraced.event.EventFlag#HAS_FILE}, and family, type and protocol without
 *       {@link dev.unraced.event.EventFlag#HAS_SOCKET}, are numbers that mean nothing. So the flag is asked first.
 *   <li>A port is -1 where there is none, since 0 is a port. A time is 0 where it was not observed.
 *   <li>The name of an error is an empty {@link java.util.Optional} where there is none. It is the one accessor of a
 *       view with an Optional; these are made beforehand, so it allocates nothing.
 * </ul>
 *
 * <p>In a snapshot each family has a type of its own, so nobody can ask for what the other one has. A file or a socket
 * that may be missing is an {@link java.util.Optional}, and so are an argument by
 * {@link dev.unraced.event.Argument#asOptional} and what an address may lack. The value of an absent argument is never
 * null: it is an empty {@link dev.unraced.event.ByteString}, a {@link dev.unraced.event.OpenHow} whose flags, mode and
 * resolve are 0, or a {@link dev.unraced.event.Sockaddr} without bytes.
 */
@NullMarked
package dev.unraced.event;

import org.jspecify.annotations.NullMarked;
