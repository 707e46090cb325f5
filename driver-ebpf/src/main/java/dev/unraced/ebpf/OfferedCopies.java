// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The ways to the kernel's copies that the running kernel offers.
 *
 * @param offers tells of one; the answer stays the same. A later way is not asked for when an earlier one works
 */
record OfferedCopies(Function<CopyTier, Offer> offers) {

    /** Why the kernel's copies cannot be had under a configuration; null when they can. */
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

    /** Which way a configuration leads to, and why not to those before it. */
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
