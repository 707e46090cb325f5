// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.attack;

/**
 * The place that was attacked.
 *
 * @param driver the driver's name
 * @param kernel the release of the kernel in which the attacks ran
 * @param processors the number of processors: with a single one, attacks that need two threads at once do little
 */
public record AttackedPlace(String driver, String kernel, int processors) {

    @Override
    public String toString() {
        return "Driver " + driver + ", kernel " + kernel + ", " + processors + " processors";
    }
}
