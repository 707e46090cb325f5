// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.hunt;

import dev.unraced.hunt.Hunt.Shortest;
import dev.unraced.hunt.Lie;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A kind of lie that was found.
 *
 * @param lie the first lie of its kind
 * @param seed the seed of the program that showed it
 * @param count the number of lies of this kind
 * @param shortest the shortest program that shows it; empty when it did not show again
 * @param file the file in which that program was saved
 */
public record FoundLie(Lie lie, long seed, long count, Optional<Shortest> shortest, Optional<Path> file) {}
