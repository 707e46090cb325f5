// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

/** The result of testing a method of reading the kernel's copies, by loading and attaching its programs. */
sealed interface ProbeResult {

    /** The programs were attached. */
    record Works() implements ProbeResult {}

    /** The kernel refuses the programs. The reason is one line without a full stop, as are causes. */
    record Refused(String reason) implements ProbeResult {}

    /** The test could not decide. */
    record Unknown(String cause) implements ProbeResult {}

    /** Returns why the method does not work. */
    default String why() {
        if (this instanceof Refused refused) {
            return refused.reason();
        }
        return this instanceof Unknown unknown ? "it could not be found out (" + unknown.cause() + ")" : "it works";
    }
}
