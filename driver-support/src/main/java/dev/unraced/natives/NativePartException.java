// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

/** Thrown when a native part cannot be used here; it names the reason and the remedy. */
public final class NativePartException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    NativePartException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** The reasons why a native part cannot be used. */
    public enum Reason {
        /** The jar has no native part for this processor or operating system. */
        ABSENT("Use a build that was made for such a machine."),
        /** This process runs on musl, and native parts are built for glibc. */
        MUSL("Use a JVM and a container image of a distribution with glibc."),
        /** No directory is both writable and allows files to be mapped as code. */
        NOEXEC("Start java with -Djava.io.tmpdir=DIR, where DIR is writable and not mounted noexec."),
        /** The part was unpacked, but the system rejected it. */
        UNUSABLE("Read the system's message; a library of the C library's kind may be missing.");

        private final String remedy;

        Reason(String remedy) {
            this.remedy = remedy;
        }
    }

    /** Returns the reason; its name serves as a code for availability. */
    public Reason reason() {
        return reason;
    }

    /** Returns the remedy, a sentence. */
    public String remedy() {
        return reason.remedy;
    }
}
