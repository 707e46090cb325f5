// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The methods of reading the kernel's copies that the running kernel offers.
 *
 * @param results returns the test result of a method, always the same. A later method is not tested when an earlier one
 *     works
 */
record OfferedCopies(Function<AttachMethod, ProbeResult> results) {

    /** Returns why a configuration cannot read the kernel's copies; null when it can. */
    @Nullable
    String unavailableReason(CopyChoice choice) {
        if (choice.methods().isEmpty()) {
            return "unraced.ebpf.copies is none";
        }
        List<String> reasons = new ArrayList<>();
        for (AttachMethod method : choice.methods()) {
            ProbeResult result = results.apply(method);
            if (result instanceof ProbeResult.Works) {
                return null;
            }
            reasons.add(method.label() + ": " + result.why());
        }
        return "the kernel's own copies are out of reach (" + String.join("; ", reasons) + ")";
    }

    /** Returns the method that a configuration leads to, and why earlier methods do not work. */
    String describe(CopyChoice choice) {
        String unavailableReason = unavailableReason(choice);
        if (unavailableReason != null) {
            return "none, since " + unavailableReason;
        }
        List<String> earlier = new ArrayList<>();
        for (AttachMethod method : choice.methods()) {
            ProbeResult result = results.apply(method);
            if (result instanceof ProbeResult.Works) {
                String chosen = choice == CopyChoice.AUTO ? "" : ", as unraced.ebpf.copies has it";
                return method.label() + " (" + method.means() + ")" + chosen
                        + (earlier.isEmpty() ? "" : ", since " + String.join("; ", earlier));
            }
            earlier.add(method.label() + " does not work: " + result.why());
        }
        throw new IllegalStateException("one of the ways works");
    }
}
