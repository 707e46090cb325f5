// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The methods of reading the kernel's copies that the running kernel offers.
 *
 * @param offers returns the test result of a method, always the same. A later method is not tested when an earlier one
 *     works
 */
record OfferedCopies(Function<CopyTier, Offer> offers) {

    /** Returns why a configuration cannot read the kernel's copies; null when it can. */
    @Nullable
    String against(CopyChoice choice) {
        if (choice.tiers().isEmpty()) {
            return "unraced.ebpf.copies is none";
        }
        List<String> reasons = new ArrayList<>();
        for (CopyTier tier : choice.tiers()) {
            Offer offer = offers.apply(tier);
            if (offer instanceof Offer.Works) {
                return null;
            }
            reasons.add(tier.label() + ": " + offer.why());
        }
        return "the kernel's own copies are out of reach (" + String.join("; ", reasons) + ")";
    }

    /** Returns the method that a configuration leads to, and why earlier methods do not work. */
    String describe(CopyChoice choice) {
        String against = against(choice);
        if (against != null) {
            return "none, since " + against;
        }
        List<String> earlier = new ArrayList<>();
        for (CopyTier tier : choice.tiers()) {
            Offer offer = offers.apply(tier);
            if (offer instanceof Offer.Works) {
                String chosen = choice == CopyChoice.AUTO ? "" : ", as unraced.ebpf.copies has it";
                return tier.label() + " (" + tier.means() + ")" + chosen
                        + (earlier.isEmpty() ? "" : ", since " + String.join("; ", earlier));
            }
            earlier.add(tier.label() + " does not work: " + offer.why());
        }
        throw new IllegalStateException("one of the ways works");
    }
}
