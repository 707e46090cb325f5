// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.demo;

import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.SimProcess;

/** A cron whose jobs come more often than real ones. */
final class Cron {
    private final Stage stage;
    private final SimProcess cron;

    Cron(Stage stage) {
        this.stage = stage;
        this.cron = stage.process("cron").user(0);
    }

    void job() {
        SimProcess job = cron.spawn("cron");
        stage.make(job.thread().openat("/var/spool/cron", OpenFlags.O_DIRECTORY, 0));
        stage.read(job, "/etc/crontab");
        if (stage.number(4) == 0) {
            stage.read(job, "/etc/localtime");
        }
        job.kill();
    }
}
