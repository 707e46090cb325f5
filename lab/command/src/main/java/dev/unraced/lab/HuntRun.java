// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.cli.common.ConfigOptions;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.driver.Driver;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.hunt.Hunt;
import dev.unraced.hunt.Kind;
import dev.unraced.hunt.Lie;
import dev.unraced.hunt.Verdict;
import dev.unraced.lab.hunt.FoundLie;
import dev.unraced.lab.hunt.HuntJson;
import dev.unraced.lab.hunt.HuntResult;
import dev.unraced.lab.hunt.HuntText;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Hunts, and prints the results. */
final class HuntRun {
    /** The bound of fresh seeds, low enough to type. */
    private static final long SEEDS = 1_000_000_000L;

    private static final String SIMULATOR = "sim";
    private static final int KINDS_SHRUNK = 6;
    private static final int REPEATS = 5;
    private static final long QUIET_NANOS = 1_000_000_000L;

    private final Console console;
    private final boolean progress;
    private final boolean json;

    /**
     * The limits of a hunt.
     *
     * @param acts the watched calls of one mode
     * @param duration the time of one mode
     * @param untilLie whether a mode ends with the first program that shows a lie
     * @param shrink the time for each kind of lie
     */
    record Limits(long acts, Duration duration, boolean untilLie, Duration shrink) {}

    HuntRun(Console console, boolean progress, boolean json) {
        this.console = console;
        this.progress = progress || console.errIsTerminal();
        this.json = json;
    }

    boolean isKind(String name) {
        return Arrays.stream(Kind.values()).anyMatch(kind -> kind.option().equals(name));
    }

    int list() {
        StringBuilder text = new StringBuilder();
        for (Kind kind : Kind.values()) {
            text.append(String.format(Locale.ROOT, "%-12s %s%n", kind.option(), kind.description()));
        }
        console.print(text.toString());
        return ExitCode.OK;
    }

    /**
     * Runs the hunt.
     *
     * @param config the configuration except for the mode
     * @param seed the first program's seed, or null for a fresh seed
     * @param kinds the names of kinds; empty for all
     * @param program a saved program, or null for random programs
     * @param save the folder for programs that show lies
     * @throws CaptureException when the driver cannot run
     */
    int hunt(
            Drivers drivers,
            ConfigOptions config,
            List<Mitigation> modes,
            @Nullable Long seed,
            Limits limits,
            List<String> kinds,
            @Nullable Path program,
            Path save) {
        Driver selected = drivers.select(config.builder().build()).driver();
        String driver = selected.name();
        if (driver.equals(SIMULATOR)) {
            return huntSimulator(modes, seed, limits, !kinds.isEmpty() || program != null);
        }
        Set<Kind> chosen = EnumSet.allOf(Kind.class);
        if (!kinds.isEmpty()) {
            chosen.removeIf(kind -> !kinds.contains(kind.option()));
        }
        String text = program == null ? null : read(program);
        List<HuntResult> results = new ArrayList<>();
        for (Mitigation mode : modes) {
            long first = seed == null ? freshSeed() : seed;
            results.add(hunt(drivers, config, selected, mode, first, limits, chosen, text, save));
            if (!json) {
                console.print(HuntText.of(results.get(results.size() - 1)));
            }
        }
        if (json) {
            console.print(HuntJson.of(results));
        }
        if (results.stream().anyMatch(result -> !result.isHonest())) {
            return ExitCode.FAILURE;
        }
        return results.stream().allMatch(result -> result.verdict().judgedActs() > 0)
                ? ExitCode.OK
                : ExitCode.NOT_PLAYED;
    }

    /** The simulator watches no machine on which a program could act, and knows what its own kernel did. */
    private int huntSimulator(List<Mitigation> modes, @Nullable Long seed, Limits limits, boolean choosesPrograms) {
        if (choosesPrograms) {
            throw new CaptureException("--only and --program are for drivers that watch this machine; the simulator"
                    + " has small programs of its own");
        }
        return new SimHuntRun(console, progress, json).hunt(modes, seed == null ? freshSeed() : seed, limits);
    }

    private static long freshSeed() {
        return ThreadLocalRandom.current().nextLong(SEEDS);
    }

    private HuntResult hunt(
            Drivers drivers,
            ConfigOptions config,
            Driver driver,
            Mitigation mode,
            long first,
            Limits limits,
            Set<Kind> kinds,
            @Nullable String text,
            Path save) {
        boolean processes = driver.capabilities().has(Feature.PROCESS_EVENTS);
        Capture capture = drivers.open(
                config.builder().mitigation(mode).processEvents(processes).build());
        Verdict all = new Verdict();
        Map<String, FoundLie> found = new LinkedHashMap<>();
        long until = System.nanoTime() + limits.duration().toNanos();
        long told = System.nanoTime();
        long programs = 0;
        try (Hunt hunt = new Hunt(capture)) {
            while (all.acts() < limits.acts()
                    && System.nanoTime() < until
                    && !(limits.untilLie() && !found.isEmpty())) {
                long seed = first + programs++;
                Verdict verdict = text == null ? hunt.run(seed, kinds) : hunt.run(text);
                all.add(verdict);
                for (Lie lie : verdict.lies()) {
                    if (progress && !found.containsKey(lie.kind())) {
                        console.err().println("A lie, by seed " + seed + ": " + lie.summary());
                    }
                    found.merge(
                            lie.kind(),
                            new FoundLie(lie, seed, 1, Optional.empty(), Optional.empty()),
                            (before, next) -> new FoundLie(
                                    before.lie(), before.seed(), before.count() + 1, before.shortest(), before.file()));
                }
                if (progress && System.nanoTime() - told > QUIET_NANOS) {
                    console.err()
                            .println(mode.name().toLowerCase(Locale.ROOT) + ": " + all.acts() + " acts, "
                                    + all.lies().size() + " lies, seed " + seed);
                    told = System.nanoTime();
                }
            }
            OptionalLong missed = hunt.missedByWitness();
            List<FoundLie> shrunk = new ArrayList<>();
            for (FoundLie lie : found.values()) {
                shrunk.add(
                        shrunk.size() < KINDS_SHRUNK && !limits.shrink().isZero()
                                ? shrink(hunt, lie, mode, limits, kinds, text, save)
                                : lie);
            }
            return new HuntResult(
                    driver.name(), mode, first, programs, hunt.cutPrograms(), missed, all, hunt.balance(), shrunk);
        }
    }

    private FoundLie shrink(
            Hunt hunt,
            FoundLie found,
            Mitigation mode,
            Limits limits,
            Set<Kind> kinds,
            @Nullable String text,
            Path save) {
        String program = text == null ? Hunt.text(found.seed(), kinds) : text;
        Optional<Hunt.Shortest> shortest = hunt.shrink(program, found.lie(), REPEATS, limits.shrink());
        String name = "hunt-" + mode.name().toLowerCase(Locale.ROOT) + "-" + found.seed() + "-"
                + found.lie().kind().replaceAll("[^a-z0-9_]+", "-") + ".txt";
        Path file = save.resolve(name);
        String saved = "# " + found.lie().kind() + "\n"
                + shortest.map(Hunt.Shortest::program).orElse(program);
        try {
            Files.writeString(file, saved);
        } catch (IOException e) {
            throw new CaptureException("The program cannot be saved: " + e, e);
        }
        return new FoundLie(found.lie(), found.seed(), found.count(), shortest, Optional.of(file));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CaptureException("The program cannot be read: " + e, e);
        }
    }
}
