// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.net;

import dev.unraced.event.ByteString;
import dev.unraced.event.Sockaddr;
import java.util.Map;

/** Formats the answers of a kernel without values that may differ: ports, and names that it chose. */
final class ComparableAnswers {
    private static final Map<String, Integer> ERRORS = Map.of(
            "No such file or directory", 2,
            "Invalid argument", 22,
            "Operation not supported", 95,
            "Address family not supported by protocol", 97,
            "Address already in use", 98,
            "Cannot assign requested address", 99);

    private ComparableAnswers() {}

    static String result(int result) {
        return Integer.toString(result);
    }

    static String failure(String message) {
        return ERRORS.entrySet().stream()
                .filter(entry -> message.contains(entry.getKey()))
                .map(entry -> result(-entry.getValue()))
                .findFirst()
                .orElse(message);
    }

    static String name(ByteString name, String suffix) {
        Sockaddr address = new Sockaddr(name);
        if (address.port() > 0) {
            return address.inetAddress().orElseThrow() + " with a port";
        }
        String text = address.toString().replace(suffix, "");
        return text.matches("unix:@[0-9a-f]{5}") ? "unix:automatic" : text;
    }
}
