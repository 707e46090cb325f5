// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/** A view of an argument that came through a pointer, with what is known of its trust. */
public final class ArgumentView extends BytesView {
    private Provenance provenance = Provenance.NONE;
    private Integrity integrity = Integrity.UNCHECKED;

    ArgumentView() {}

    void trust(Provenance provenance, Integrity integrity) {
        this.provenance = provenance;
        this.integrity = integrity;
    }

    /** Where the bytes were read. */
    public Provenance provenance() {
        return provenance;
    }

    /** Whether they held while the call ran. */
    public Integrity integrity() {
        return integrity;
    }

    /** An immutable copy; allocates. */
    public Argument<ByteString> toArgument() {
        return new Argument<>(toByteString(), provenance, integrity);
    }
}
