// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.conformance.mutant.MutantCatalogue;
import java.util.List;
import java.util.stream.Stream;

/** The catalogue of all simulators that are broken on purpose. */
public final class SimMutants implements MutantCatalogue {

    @Override
    public List<Mutant> mutants() {
        return Stream.of(
                        StreamMutants.all(),
                        IdentityMutants.all(),
                        ArgumentMutants.all(),
                        MomentMutants.all(),
                        HowMutants.all(),
                        AddressMutants.all(),
                        ProofMutants.all(),
                        OpenedFileMutants.all(),
                        AssertionMutants.all(),
                        FailureMutants.all(),
                        StashMutants.all(),
                        StatsMutants.all(),
                        OrderMutants.all(),
                        FilterMutants.all(),
                        FloodMutants.all(),
                        SwitchMutants.all(),
                        EnterMutants.all(),
                        ProcessMutants.all(),
                        CaptureMutants.all())
                .flatMap(List::stream)
                .toList();
    }
}
