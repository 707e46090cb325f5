// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.util.Optional;

/**
 * An argument that came through a pointer, with its provenance and integrity.
 *
 * @param value the argument; empty or zero when {@code provenance} is {@link Provenance#NONE}
 * @param provenance the place where its bytes were read
 * @param integrity whether the bytes held while the call ran
 */
public record Argument<T>(T value, Provenance provenance, Integrity integrity) {

    /** Returns whether the argument could be read at all. */
    public boolean isPresent() {
        return provenance != Provenance.NONE;
    }

    /** Returns the argument, or nothing when it could not be read. */
    public Optional<T> asOptional() {
        return isPresent() ? Optional.of(value) : Optional.empty();
    }
}
