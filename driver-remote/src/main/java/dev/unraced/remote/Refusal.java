// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote;

import dev.unraced.capture.Availability;
import dev.unraced.protocol.Address;
import dev.unraced.protocol.TlsFailure;
import io.grpc.Status;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Explains a server's status, or the lack of one. */
final class Refusal {
    /** Netty's message of a failed system call; it ends with the address, which ours have in front. */
    private static final Pattern SYSTEM_ERROR = Pattern.compile("failed with error\\(-\\d+\\): ([^:]+)");

    /** Netty's words about an answer by another protocol. */
    private static final String NO_HTTP2 = "First received frame was not SETTINGS";

    private Refusal() {}

    /** Returns the reason why a server cannot be used, with a remedy. */
    static Availability explain(Address address, Status status) {
        String why = why(status);
        return switch (status.getCode()) {
            case UNAVAILABLE ->
                TlsFailure.explain(status.getCause())
                        .map(reason -> tlsFailed(address, reason))
                        .orElseGet(() -> unavailable(address, why));
            case DEADLINE_EXCEEDED ->
                new Availability.Unavailable(
                        "NO_ANSWER",
                        "The server at " + address + " does not answer in time.",
                        "Look at its log, or raise unraced.remote.patience-ms.");
            case PERMISSION_DENIED, UNAUTHENTICATED ->
                new Availability.Unavailable(
                        "NOT_ALLOWED",
                        "The server at " + address + " refuses: " + sentence(why),
                        "Have its operator name you with --allow-user or --allow-certificate.");
            case UNIMPLEMENTED -> another(address);
            case RESOURCE_EXHAUSTED, FAILED_PRECONDITION, INVALID_ARGUMENT ->
                new Availability.Unavailable(
                        "REFUSED",
                        "The server at " + address + " refuses: " + sentence(why),
                        "Ask for what it offers.");
            default ->
                why.contains(NO_HTTP2)
                        ? another(address)
                        : new Availability.Inconclusive(
                                "the server at " + address + ": " + status.getCode() + ", " + why);
        };
    }

    /** Returns a reason with one full stop at its end: a server's reason may have its own. */
    static String sentence(String reason) {
        return reason.endsWith(".") ? reason : reason + ".";
    }

    private static Availability another(Address address) {
        return new Availability.Unavailable(
                "NO_UNRACED", "What answers at " + address + " is no server of unraced.", "Correct the address.");
    }

    /** Returns whether another attempt may succeed without a change of settings. */
    static boolean isPassing(Status status) {
        return switch (status.getCode()) {
            case PERMISSION_DENIED, UNAUTHENTICATED, INVALID_ARGUMENT, FAILED_PRECONDITION, UNIMPLEMENTED, NOT_FOUND ->
                false;
            default -> true;
        };
    }

    /**
     * Returns whether the connection was made, and broke. A server at its limit of connections closes the one that has
     * waited longest to be identified, which on a loaded machine can be an honest one.
     */
    static boolean isCut(Status status) {
        if (status.getCode() != Status.Code.UNAVAILABLE) {
            return false;
        }
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof NoRouteToHostException
                    || cause instanceof UnknownHostException
                    || cause instanceof FileNotFoundException
                    || cause instanceof SSLException) {
                return false;
            }
        }
        return true;
    }

    private static Availability tlsFailed(Address address, String reason) {
        return new Availability.Unavailable(
                "TLS_FAILED",
                "The TLS handshake with the server at " + address + " fails: " + sentence(reason),
                TlsFailure.isWrongHost(reason)
                        ? "Set unraced.remote.server-name to a name of this certificate, or give the server one for its"
                                + " address."
                        : "Give both ends certificates that the other one accepts, and authorities that signed them.");
    }

    private static Availability unavailable(Address address, String why) {
        String what = "No server answers at " + address + ": " + sentence(why);
        return address instanceof Address.Unix unix
                ? SocketTrouble.find(Path.of(unix.path()))
                        .orElseGet(() ->
                                new Availability.Unavailable("NO_SERVER", what, "Start one as root: unraced serve."))
                : new Availability.Unavailable(
                        "NO_SERVER",
                        what,
                        "Start one there: unraced serve --listen HOST:PORT, with certificates that both ends accept.");
    }

    static String why(Status status) {
        StringBuilder why = new StringBuilder();
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return "unknown host";
            }
            Matcher error = SYSTEM_ERROR.matcher(String.valueOf(cause.getMessage()));
            if (error.find()) {
                return error.group(1).toLowerCase(Locale.ROOT);
            }
        }
        if (status.getDescription() != null) {
            why.append(status.getDescription());
        }
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && why.indexOf(cause.getMessage()) < 0) {
                why.append(why.isEmpty() ? "" : ", ").append(cause.getMessage());
            }
        }
        String text = why.isEmpty() ? status.getCode().name() : why.toString();
        return text.lines().findFirst().orElse(text).replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    }
}
