// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor.session;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Translates the output of a failed runsc into words that name the remedy. Known for release-20240729. */
final class RunscFailure {
    private static final Pattern CONNECT =
            Pattern.compile("connect\\(\"(.*?)\"\\): (no such file or directory|connection refused|permission denied)");

    private RunscFailure() {}

    /**
     * Explains a failure.
     *
     * @param command the command line
     * @param output its output
     */
    static String explain(String command, String output) {
        Matcher connect = CONNECT.matcher(output);
        if (connect.find()) {
            return connect.group(2).startsWith("permission")
                    ? "runsc may not connect to " + connect.group(1)
                            + ". Set unraced.gvisor.socket-mode, and let it enter the socket's folder"
                    : "no capture listens on " + connect.group(1) + ". Start one first: unraced watch --driver gvisor";
        }
        if (output.contains("already exists")) {
            return "it has a trace session already. 'unraced gvisor status' says whose; end it by 'unraced gvisor"
                    + " detach', or take its place by 'attach --force'";
        }
        if (output.contains("loading sandbox: file does not exist")
                || output.contains("loading container: file does not exist")) {
            return "runsc knows no sandbox of that id. 'runsc list' shows those that there are; where another runtime"
                    + " started it, name its state's folder by unraced.gvisor.root";
        }
        if (output.contains("permission denied")) {
            return "this user may not ask runsc about it. Run as the user who started it, or as root";
        }
        return "'runsc " + command + "' failed: "
                + output.strip().lines().reduce((first, last) -> last).orElse("");
    }
}
