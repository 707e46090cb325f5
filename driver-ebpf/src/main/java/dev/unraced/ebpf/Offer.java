// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

/** Whether a way to the kernel's copies is open, found by loading and attaching its programs. */
sealed interface Offer {

    /** They were attached. */
    record Works() implements Offer {}

    /** The kernel will not have them. The reason is one line without a full stop, as are causes. */
    record Refused(String reason) implements Offer {}

    /** It could not be found out. */
    record Unknown(String cause) implements Offer {}

    /** Why it does not work. */
    default String why() {
        if (this instanceof Refused refused) {
            return refused.reason();
        }
        return this instanceof Unknown unknown ? "it could not be found out (" + unknown.cause() + ")" : "it works";
    }
}
