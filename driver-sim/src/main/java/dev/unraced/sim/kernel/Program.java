// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.kernel;

import dev.unraced.event.ByteString;
import dev.unraced.sim.fs.Inode;
import org.jspecify.annotations.Nullable;

/**
 * A program that a process executes.
 *
 * @param asked the path that execve was given
 * @param interpreter the interpreter that a script names, or null
 * @param path the path of the file that is executed: of a script the interpreter's
 * @param file this file
 * @param arguments each with a NUL at its end
 */
public record Program(
        ByteString asked, @Nullable ByteString interpreter, ByteString path, Inode file, ByteString arguments) {}
