// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.event.Mitigation;
import dev.unraced.explorer.TextStyle;
import dev.unraced.explorer.attack.Mode;
import dev.unraced.explorer.attack.SimHunt;
import dev.unraced.explorer.attack.SimHunt.Explored;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Hunts through the simulator, and prints the results. */
final class SimHuntRun {
    private static final int WIDTH = 120;
    private static final long QUIET_NANOS = 1_000_000_000L;

    private final Console console;
    private final boolean progress;
    private final boolean json;

    SimHuntRun(Console console, boolean progress, boolean json) {
        this.console = console;
        this.progress = progress;
        this.json = json;
    }

    private record Result(
            Mitigation mode, long first, long programs, long complete, long orders, List<Explored> lies) {}

    /** Runs the programs from a seed on under each mode, until a limit; an act is one order of a program's steps. */
    int hunt(List<Mitigation> modes, long first, HuntRun.Limits limits) {
        List<Result> results = new ArrayList<>();
        for (Mitigation mode : modes) {
            Result result = hunt(mode, first, limits);
            results.add(result);
            if (!json) {
                console.print(text(result));
            }
        }
        if (json) {
            console.print(json(results));
        }
        return results.stream().allMatch(result -> result.lies().isEmpty()) ? ExitCode.OK : ExitCode.FAILURE;
    }

    private Result hunt(Mitigation mitigation, long first, HuntRun.Limits limits) {
        Mode mode = Mode.valueOf(mitigation.name());
        List<Explored> lies = new ArrayList<>();
        long until = System.nanoTime() + limits.duration().toNanos();
        long told = System.nanoTime();
        long programs = 0;
        long complete = 0;
        long orders = 0;
        while (orders < limits.acts() && System.nanoTime() < until && !(limits.untilLie() && !lies.isEmpty())) {
            Explored explored = SimHunt.explore(first + programs, mode);
            programs++;
            orders += explored.orders();
            complete += explored.complete() ? 1 : 0;
            if (explored.lie().isPresent()) {
                lies.add(explored);
            }
            if (progress && System.nanoTime() - told > QUIET_NANOS) {
                console.err().println(mode.label() + ": " + orders + " orders, " + lies.size() + " lies");
                told = System.nanoTime();
            }
        }
        return new Result(mitigation, first, programs, complete, orders, lies);
    }

    private String text(Result result) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "sim, %s: %d programs, seeds %d to %d; %d of them in all orders of their steps%n"
                        + "  orders %d, programs with lies %d%n",
                result.mode().name().toLowerCase(Locale.ROOT),
                result.programs(),
                result.first(),
                result.first() + Math.max(0, result.programs() - 1),
                result.complete(),
                result.orders(),
                result.lies().size()));
        if (!result.lies().isEmpty()) {
            Explored lie = result.lies().get(0);
            text.append(String.format(Locale.ROOT, "%nLIE, first by seed %d:%n", lie.seed()))
                    .append(SimHunt.timeline(lie).text(WIDTH, console.isUtf8() ? TextStyle.UTF_8 : TextStyle.ASCII));
        }
        return text.toString();
    }

    private static String json(List<Result> results) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeArrayFieldStart("results");
            for (Result result : results) {
                json.writeStartObject();
                json.writeStringField("driver", "sim");
                json.writeStringField("mitigation", result.mode().name());
                json.writeNumberField("first_seed", result.first());
                json.writeNumberField("programs", result.programs());
                json.writeNumberField("complete", result.complete());
                json.writeNumberField("orders", result.orders());
                json.writeArrayFieldStart("lies");
                for (Explored lie : result.lies()) {
                    json.writeStartObject();
                    json.writeNumberField("seed", lie.seed());
                    json.writeStringField("schedule", lie.lie().orElseThrow().toString());
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }
}
