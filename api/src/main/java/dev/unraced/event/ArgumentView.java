// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

/** A view of an argument that came through a pointer, with its provenance and integrity. */
public final class ArgumentView extends BytesView {
    /** The codes, because storing a reference costs the collector's barrier. */
    private int provenance = Provenance.NONE.code();

    private int integrity = Integrity.UNCHECKED.code();

    ArgumentView() {}

    void trust(int provenance, int integrity) {
        this.provenance = provenance;
        this.integrity = integrity;
    }

    /** Returns the place where the bytes were read. */
    public Provenance provenance() {
        return Provenance.of(provenance);
    }

    /** Returns whether the bytes held while the call ran. */
    public Integrity integrity() {
        return Integrity.of(integrity);
    }

    /** Returns an immutable copy; allocates. */
    public Argument<ByteString> toArgument() {
        return new Argument<>(toByteString(), provenance(), integrity());
    }
}
