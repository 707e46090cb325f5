// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.mutant;

import java.util.List;
import java.util.ServiceLoader;

/** Drivers that are broken on purpose. Found by {@link ServiceLoader}. */
public interface MutantCatalogue {

    /** Returns all mutants of this catalogue. */
    List<Mutant> mutants();

    /** Returns the mutants of all catalogues on the class path. */
    static List<Mutant> all() {
        return ServiceLoader.load(MutantCatalogue.class, MutantCatalogue.class.getClassLoader()).stream()
                .flatMap(catalogue -> catalogue.get().mutants().stream())
                .toList();
    }
}
