// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The last arguments of this process as bytes. The JVM has decoded them by its locale, which loses what that does not
 * have; the kernel still has them in proc(5).
 */
final class RawArguments {
    private RawArguments() {}

    /** Returns arguments as bytes, with a NUL behind each. */
    static byte[] of(List<String> decoded) {
        return of(decoded, Path.of("/proc/self/cmdline"), Charset.forName(System.getProperty("sun.jnu.encoding")));
    }

    static byte[] of(List<String> decoded, Path commandLine, Charset charset) {
        List<byte[]> raw = last(commandLine, decoded.size());
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        boolean same = isSame(raw, decoded, charset);
        for (int i = 0; i < decoded.size(); i++) {
            joined.writeBytes(same ? raw.get(i) : decoded.get(i).getBytes(charset));
            joined.write(0);
        }
        return joined.toByteArray();
    }

    private static List<byte[]> last(Path commandLine, int count) {
        try {
            List<byte[]> all = new ArrayList<>();
            ByteArrayOutputStream one = new ByteArrayOutputStream();
            for (byte each : Files.readAllBytes(commandLine)) {
                if (each == 0) {
                    all.add(one.toByteArray());
                    one.reset();
                } else {
                    one.write(each);
                }
            }
            return all.size() < count ? List.of() : all.subList(all.size() - count, all.size());
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Returns whether the bytes are those that became the texts; those of a caller within the JVM are not. */
    private static boolean isSame(List<byte[]> raw, List<String> decoded, Charset charset) {
        if (raw.size() != decoded.size()) {
            return false;
        }
        for (int i = 0; i < raw.size(); i++) {
            if (!known(new String(raw.get(i), charset)).equals(known(decoded.get(i)))
                    && !known(new String(raw.get(i), StandardCharsets.US_ASCII)).equals(known(decoded.get(i)))) {
                return false;
            }
        }
        return true;
    }

    /** The JVM's own decoder puts a question mark where others put the replacement character. */
    private static String known(String text) {
        return text.replace('\ufffd', '?');
    }
}
