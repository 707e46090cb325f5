// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.capture.Availability;

/** Finds out whether a capture could start, by starting and ending the smallest capture. */
final class EbpfProbe {
    private EbpfProbe() {}

    static Availability availability(EbpfSettings settings) {
        Machine machine = Machine.current();
        Availability hopeless = Diagnosis.beforehand(machine);
        if (!hopeless.isAvailable()) {
            return hopeless;
        }
        try {
            EbpfSource source = EbpfSource.start(settings);
            source.stop();
            source.release();
            return new Availability.Available();
        } catch (EbpfFailure e) {
            return Diagnosis.of(e, machine);
        } catch (RuntimeException | LinkageError e) {
            return new Availability.Inconclusive(e.toString());
        }
    }
}
