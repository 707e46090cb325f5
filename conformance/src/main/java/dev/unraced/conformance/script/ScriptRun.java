// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.script;

import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.event.ByteString;
import dev.unraced.event.SyscallEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The events of a script, without what is different each time: times, ids, sequence numbers, device and inode numbers,
 * ephemeral ports (65535 stands for them) and the scratch directory ({@code $DIR} stands for it).
 *
 * @param script name of the script
 * @param driver name of the driver
 * @param events the events of one thread after the other, each in its order; {@code tid} is 1 for the main thread, then
 *     counts the threads that the script started
 */
public record ScriptRun(String script, String driver, List<SyscallEvent> events) {

    public ScriptRun {
        events = List.copyOf(events);
    }

    /**
     * Runs a script in front of a driver, in the mode that most rules are about.
     *
     * @throws IllegalStateException when a line of the script is wrong, or the actor refuses it
     * @throws AssertionError when the driver breaks a rule that holds for every scenario
     */
    public static ScriptRun run(DriverUnderTest under, ScenarioScript script) {
        Map<Integer, Integer> threads = new LinkedHashMap<>();
        try (Scenario scenario = new Scenario.Setup(under).attack().open()) {
            Actor actor = scenario.actor();
            threads.put(actor.tgid(), 1);
            ByteString directory = ByteString.utf8(scenario.scratch().directory());
            script.run(line -> noting(threads, line, actor.ask(Command.of(line))), directory);
            scenario.awaitEmptyStash();
            EventNormaliser normaliser = new EventNormaliser(directory);
            List<List<SyscallEvent>> byThread = new ArrayList<>();
            for (SyscallEvent event : scenario.recorder().events()) {
                int thread = threads.computeIfAbsent(event.caller().tid(), tid -> threads.size() + 1);
                while (byThread.size() < thread) {
                    byThread.add(new ArrayList<>());
                }
                byThread.get(thread - 1).add(normaliser.normalise(event, thread));
            }
            return new ScriptRun(
                    script.name(),
                    under.driver().name(),
                    byThread.stream().flatMap(List::stream).toList());
        }
    }

    private static Reply noting(Map<Integer, Integer> threads, String line, Reply answer) {
        if (line.startsWith("start ")) {
            threads.putIfAbsent(answer.integer("tid"), threads.size() + 1);
        }
        return answer;
    }
}
