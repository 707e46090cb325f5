// SPDX-License-Identifier: Apache-2.0
package org.example.acme;

import com.google.inject.Inject;
import dev.unraced.driver.Stage;

/**
 * The place where the kit's actors make their calls, since this driver does not watch the machine that the tests run
 * on.
 */
public final class AcmeStage implements Stage {
    private final AcmeMachine machine;

    @Inject
    AcmeStage(AcmeMachine machine) {
        this.machine = machine;
    }

    @Override
    public Conversation actor() {
        return machine.kernel().stage().actor();
    }
}
