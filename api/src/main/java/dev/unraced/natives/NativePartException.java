// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

/** A native part cannot be used here: says why, and what helps. */
public final class NativePartException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    NativePartException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Why a native part cannot be used. */
    public enum Reason {
        /** The jar has none for this processor or operating system. */
        ABSENT("Use a build that was made for such a machine."),
        /** This process runs on musl, and native parts are built for glibc. */
        MUSL("Use a JVM and a container image of a distribution with glibc."),
        /** No directory was found that files may be written to, and mapped as code from. */
        NOEXEC("Start java with -Djava.io.tmpdir=DIR, where DIR is writable and not mounted noexec."),
        /** It was unpacked, and the system did not take it. */
        UNUSABLE("Read the system's message; a library of the C library's kind may be missing.");

        private final String remedy;

        Reason(String remedy) {
            this.remedy = remedy;
        }
    }

    /** Why; its name serves as a code for availability. */
    public Reason reason() {
        return reason;
    }

    /** What helps, a sentence. */
    public String remedy() {
        return reason.remedy;
    }
}
