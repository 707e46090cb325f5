// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.gvisor;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Manages what the driver gvisor needs beside itself: trace sessions in sandboxes. It only leads to its subcommands.
 */
@Command(
        name = "gvisor",
        header = "Have gVisor sandboxes send their calls to the driver gvisor.",
        description = {
            "A sandbox is watched from its start when runsc is given the session that 'config' prints, and from now on"
                    + " when 'attach' begins one in it. Either way a capture has to listen: unraced watch --driver"
                    + " gvisor.",
            ""
        },
        sortOptions = false,
        synopsisSubcommandLabel = "ACTION",
        footerHeading = "%nExamples:%n",
        footer = {
            "  sudo unraced gvisor config --output /etc/unraced/gvisor.json",
            "  sudo unraced watch --driver gvisor &",
            "  sudo runsc --pod-init-config=/etc/unraced/gvisor.json --network=none do ls /",
            "  sudo unraced gvisor attach my-container",
            "  sudo unraced gvisor detach my-container",
            "",
            "docs/gvisor.md has them for containerd and Kubernetes.",
            "Exit codes: 0 success, for status: all are watched; 1 failure; 2 wrong command line or configuration."
        })
public final class GvisorCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing action: config, attach, detach or status");
    }
}
