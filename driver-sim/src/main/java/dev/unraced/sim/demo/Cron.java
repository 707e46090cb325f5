// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.demo;

import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.SimProcess;

/** A cron whose jobs come more often than real ones. */
final class Cron {
    private final SceneOperations operations;
    private final SimProcess cron;

    Cron(SceneOperations operations) {
        this.operations = operations;
        this.cron = operations.process("cron").user(0);
    }

    void job() {
        SimProcess job = cron.spawn("cron");
        operations.make(job.thread().openat("/var/spool/cron", OpenFlags.O_DIRECTORY, 0));
        operations.read(job, "/etc/crontab");
        if (operations.number(4) == 0) {
            operations.read(job, "/etc/localtime");
        }
        job.kill();
    }
}
