// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import java.util.List;
import java.util.ServiceLoader;

/** Drivers that are broken on purpose. Found by {@link ServiceLoader}. */
public interface MutantCatalogue {

    /** All of them. */
    List<Mutant> mutants();

    /** Those of all catalogues on the class path. */
    static List<Mutant> all() {
        return ServiceLoader.load(MutantCatalogue.class, MutantCatalogue.class.getClassLoader()).stream()
                .flatMap(catalogue -> catalogue.get().mutants().stream())
                .toList();
    }
}
