// SPDX-License-Identifier: Apache-2.0
package dev.unraced.benchmarks;

import dev.unraced.benchmarks.measure.MeasurementCommand;
import dev.unraced.benchmarks.measure.Refused;
import dev.unraced.benchmarks.measure.Table;
import dev.unraced.benchmarks.observer.Observer;
import dev.unraced.benchmarks.observer.Observers;
import dev.unraced.benchmarks.observer.Turns;
import dev.unraced.benchmarks.workload.Workload;
import dev.unraced.benchmarks.workload.Workloads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Measures how much each observer in turn slows down real work. */
@Command(
        name = "system",
        mixinStandardHelpOptions = true,
        description = {
            "Measures work of this machine while nothing observes it, and while each observer does, in turn: this"
                    + " project's drivers, and opensnoop and tcpconnect of Debian's libbpf-tools. Needs root.",
            "%nNanoseconds of a round, best of the rounds; what the observer adds to them, as a number and as a ratio;"
                    + " events that it told of, and that it lost, in all rounds together, other programs' included.%n"
        })
final class SystemCost extends MeasurementCommand {
    @Option(
            names = "--workloads",
            split = ",",
            description =
                    "Of open, open-255, open-4000, open-missing, connect, getppid, exec, compile, redis, nginx (all).")
    private List<String> workloads = new ArrayList<>();

    @Option(
            names = "--observers",
            split = ",",
            defaultValue = "stash,stash-unchecked,off,kernel,kmod-stash,opensnoop,tcpconnect",
            description =
                    "opensnoop, tcpconnect, falco-kmod, unread and process-events-unread (captures that nobody reads),"
                            + " and the ways that \"bench kernel\" knows (${DEFAULT-VALUE}).")
    private List<String> observers = new ArrayList<>();

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds of each (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--scale",
            defaultValue = "1",
            description = "Multiplies the length of a round, which is half a second or so (${DEFAULT-VALUE}).")
    private double scale;

    @Option(
            names = "--path",
            defaultValue = "/etc/hostname",
            description = "What the workload open opens (${DEFAULT-VALUE}).")
    private String path;

    @Option(names = "--threads", defaultValue = "1", description = "Loops at the same time (${DEFAULT-VALUE}).")
    private int threads;

    @Override
    public List<String> quick() {
        return List.of("--workloads", "open,connect,getppid", "--rounds", "3", "--scale", "0.5");
    }

    @Override
    public List<Table> measure() throws IOException, InterruptedException {
        List<Observer> wanted = new ArrayList<>(List.of(Observer.NOTHING));
        observers.forEach(name -> wanted.add(observer(name)));
        Turns turns = new Turns(rounds, scale, threads, this::progress);
        List<Table> tables = new ArrayList<>();
        for (String name : workloads.isEmpty() ? Workloads.ALL.keySet() : workloads) {
            Workloads.Maker maker = Workloads.ALL.get(name);
            if (maker == null) {
                throw new ParameterException(
                        spec().commandLine(),
                        "no workload is called " + name + "; there are " + Workloads.ALL.keySet());
            }
            try (Workload workload = name.equals(Workloads.OPEN) ? Workloads.open(path) : maker.make()) {
                tables.add(turns.measure(workload, wanted));
            } catch (Refused e) {
                progress(String.format(Locale.ROOT, "%s: not here. %s", name, e.getMessage()));
            }
        }
        return tables;
    }

    private Observer observer(String name) {
        return Observers.named(name)
                .orElseThrow(() -> new ParameterException(
                        spec().commandLine(),
                        "no observer is called " + name + "; \"bench system --help\" tells them"));
    }
}
