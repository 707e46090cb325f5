// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.libbpf;

/** The failure of a native step. It names the step and the error; the driver finds the reason. */
public final class EbpfFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** The steps of starting a capture, each with its own reasons to fail. */
    public enum Step {
        FIND_OBJECT,
        UNPACK,
        FIND_JNA,
        FIND_LIBBPF,
        OPEN_OBJECT,
        LOAD,
        MAP_MEMORY,
        RUN_PROGRAM,
        FIND_TRACEPOINT,
        FIND_FUNCTION,
        ATTACH
    }

    private final transient Step step;
    private final int errno;

    public EbpfFailure(Step step, int errno, String detail) {
        super(detail);
        this.step = step;
        this.errno = errno;
    }

    public EbpfFailure(Step step, String detail, Throwable cause) {
        super(detail, cause);
        this.step = step;
        this.errno = 0;
    }

    public Step step() {
        return step;
    }

    /** Returns the positive errno, or 0 when there is none. */
    public int errno() {
        return errno;
    }
}
