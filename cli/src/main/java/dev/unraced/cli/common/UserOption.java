// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import java.util.List;
import picocli.CommandLine.Option;

/** The option that chooses users, for the commands that print events. */
public final class UserOption {
    @Option(
            names = "--user",
            paramLabel = "USER",
            split = ",",
            converter = UserConverter.class,
            description = "Only these users, by name or by real user id.")
    private List<Long> uids = List.of();

    /** Returns the real user ids of the chosen users; empty for all users. */
    public List<Long> uids() {
        return uids;
    }
}
