// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.script;

import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.event.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One command of a script, expanded into the protocol's words. {@link ScenarioScript} describes the syntax. */
final class ScriptLine {
    private static final Pattern VARIABLE = Pattern.compile("\\$(\\w+)\\.(\\w+)");
    private static final Pattern REPEAT = Pattern.compile("\\*(\\d{1,5})");
    private static final Pattern INET = Pattern.compile("@inet\\((\\d+)\\.(\\d+)\\.(\\d+)\\.(\\d+):(\\d+)\\)");
    private static final Pattern INET6 = Pattern.compile("@loopback6\\((\\d+)\\)");
    private static final String DIRECTORY = "$DIR";

    private final String text;
    private final Map<String, Reply> answers;
    private final ByteString directory;
    private final StringBuilder out = new StringBuilder();
    private int at;

    private ScriptLine(String text, Map<String, Reply> answers, ByteString directory) {
        this.text = text;
        this.answers = answers;
        this.directory = directory;
    }

    /**
     * Expands a command.
     *
     * @param answers earlier answers by name
     * @param directory the value of {@code $DIR}
     * @throws IllegalArgumentException when the command is not well-formed
     */
    static String expand(String text, Map<String, Reply> answers, ByteString directory) {
        return new ScriptLine(text, answers, directory).expand();
    }

    private String expand() {
        while (at < text.length() && text.charAt(at) != '#') {
            char c = text.charAt(at);
            if (c == '"') {
                hex(quoted());
            } else if (c == '$') {
                variable();
            } else if (c == '@') {
                address();
            } else {
                out.append(c);
                at++;
            }
        }
        return out.toString().strip().replaceAll(" +", " ");
    }

    /** Returns the bytes of a quoted text, repeated as the number behind it says. */
    private byte[] quoted() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        at++;
        while (next('"') != '"') {
            if (text.startsWith(DIRECTORY, at)) {
                bytes.writeBytes(directory.toByteArray());
                at += DIRECTORY.length();
            } else if (text.charAt(at) == '\\') {
                bytes.write(escaped());
            } else {
                int end = text.offsetByCodePoints(at, 1);
                bytes.writeBytes(text.substring(at, end).getBytes(StandardCharsets.UTF_8));
                at = end;
            }
        }
        at++;
        ByteArrayOutputStream repeated = new ByteArrayOutputStream();
        for (int i = repetitions(); i > 0; i--) {
            repeated.writeBytes(bytes.toByteArray());
        }
        return repeated.toByteArray();
    }

    private int repetitions() {
        Matcher repeat = REPEAT.matcher(text).region(at, text.length());
        if (!repeat.lookingAt()) {
            return 1;
        }
        at = repeat.end();
        return Integer.parseInt(repeat.group(1));
    }

    private int escaped() {
        at++;
        char c = next('"');
        if (c != 'x') {
            at++;
            return c;
        }
        int value = HexFormat.fromHexDigits(text, at + 1, Math.min(at + 3, text.length()));
        at += 3;
        return value;
    }

    private char next(char awaited) {
        if (at >= text.length()) {
            throw new IllegalArgumentException("no closing " + awaited);
        }
        return text.charAt(at);
    }

    private void variable() {
        Matcher variable = VARIABLE.matcher(text).region(at, text.length());
        Reply answer = variable.lookingAt() ? answers.get(variable.group(1)) : null;
        if (answer == null) {
            throw new IllegalArgumentException("no such answer: " + text.substring(at));
        }
        out.append(answer.text(variable.group(2)));
        at = variable.end();
    }

    private void address() {
        Matcher inet = INET.matcher(text).region(at, text.length());
        Matcher inet6 = INET6.matcher(text).region(at, text.length());
        if (inet.lookingAt()) {
            hex(SocketAddresses.inet(
                            number(inet, 5), number(inet, 1), number(inet, 2), number(inet, 3), number(inet, 4))
                    .toByteArray());
            at = inet.end();
        } else if (inet6.lookingAt()) {
            hex(SocketAddresses.loopback6(number(inet6, 1)).toByteArray());
            at = inet6.end();
        } else if (text.startsWith("@unix(\"", at)) {
            at += "@unix(".length();
            out.append("0100");
            hex(quoted());
            out.append("00");
            if (next(')') != ')') {
                throw new IllegalArgumentException("no closing )");
            }
            at++;
        } else {
            throw new IllegalArgumentException("no such address: " + text.substring(at));
        }
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }

    private void hex(byte[] bytes) {
        out.append(HexFormat.of().formatHex(bytes));
    }
}
