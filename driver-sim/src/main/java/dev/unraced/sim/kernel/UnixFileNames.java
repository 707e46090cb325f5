// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.sim.fs.FileTree;
import dev.unraced.sim.fs.FsCaller;
import dev.unraced.sim.net.Socket;
import dev.unraced.sim.net.UnixNames;
import java.util.IdentityHashMap;
import java.util.Map;

/** The names of UNIX sockets that are in the file tree. */
final class UnixFileNames implements UnixNames {
