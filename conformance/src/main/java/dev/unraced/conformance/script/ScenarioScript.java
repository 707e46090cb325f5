// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.script;

import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.event.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A scenario as text: one command of the actor's protocol on each line, so that several drivers can be shown the same.
 * Immutable. The syntax beyond the protocol:
 *
 * <pre>{@code
 * # a comment, up to the end of the line
 * file path="$DIR/a file"                         # quoted text becomes hexadecimal digits, in place
 * call name=openat path=hex:"\xff\"$DIR"          # \xNN, \\, \" and \$ are bytes; $DIR is the scratch directory
 * call name=openat path=hex:"a/"*2000             # repeated text
 * L = names fd=h:1                                # an answer gets a name
 * call name=connect fd=h:2 address=hex:$L.local   # and is used
 * call name=connect fd=h:2 address=hex:@inet(127.0.0.1:9)
 * call name=connect fd=h:2 address=hex:@loopback6(9)
 * call name=connect fd=h:2 address=hex:@unix("$DIR/socket")
 * }</pre>
 */
public final class ScenarioScript {
    private static final Pattern NAMED = Pattern.compile("(\\w+) *= *(\\w+(?: .*)?)");
    private static final String NO_NAME = "";

    private final String name;
    private final List<Line> lines;

    /** A command and the name of its answer. */
    private record Line(int number, String variable, String command) {}

    private ScenarioScript(String name, List<Line> lines) {
        this.name = name;
        this.lines = List.copyOf(lines);
    }

    /** Returns the kit's own script: every call, successful and not, as programs make them on an ordinary day. */
    public static ScenarioScript everyday() {
        String resource = "everyday.script";
        try (InputStream text = ScenarioScript.class.getResourceAsStream(resource)) {
            if (text == null) {
                throw new IllegalStateException("the kit's jar has no " + resource);
            }
            return of("everyday", new String(text.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes a script, whose lines are checked when they run.
     *
     * @param name the name in messages
     */
    public static ScenarioScript of(String name, String text) {
        List<Line> lines = new ArrayList<>();
        List<String> all = text.lines().toList();
        for (int i = 0; i < all.size(); i++) {
            String line = all.get(i).strip();
            Matcher named = NAMED.matcher(line);
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            lines.add(
                    named.matches() ? new Line(i + 1, named.group(1), named.group(2)) : new Line(i + 1, NO_NAME, line));
        }
        return new ScenarioScript(name, lines);
    }

    public String name() {
        return name;
    }

    /**
     * Has every command carried out, in order.
     *
     * @param actor answers a line of the protocol
     * @param directory the value of {@code $DIR}
     * @throws IllegalStateException when a line is wrong or refused; the message names the line
     */
    void run(Function<String, Reply> actor, ByteString directory) {
        Map<String, Reply> answers = new HashMap<>();
        for (Line line : lines) {
            try {
                Reply answer = actor.apply(ScriptLine.expand(line.command, answers, directory));
                if (!line.variable.equals(NO_NAME)) {
                    answers.put(line.variable, answer);
                }
            } catch (IllegalArgumentException | IllegalStateException | ActorException e) {
                throw new IllegalStateException("script " + name + ", line " + line.number + ": " + e.getMessage(), e);
            }
        }
    }
}
