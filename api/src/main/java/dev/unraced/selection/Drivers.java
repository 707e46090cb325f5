// SPDX-License-Identifier: Apache-2.0
package dev.unraced.selection;

import com.google.inject.CreationException;
import com.google.inject.Guice;
import com.google.inject.ProvisionException;
import com.google.inject.spi.Message;
import dev.unraced.capture.Availability;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.driver.ActorHost;
import dev.unraced.driver.Driver;
import dev.unraced.names.UnknownDrivers;
import dev.unraced.process.ContainerNames;
import dev.unraced.process.ProcessTable;
import dev.unraced.selection.Selection.PassedOver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The drivers on the class path, and the choice among them. Thread-safe.
 *
 * <p>The configuration names the drivers to try, in order. The first driver is chosen that is available and has the
 * requested mode and calls. The reason why each earlier driver was passed over is kept and reported.
 */
public final class Drivers {
    private static final Logger LOG = LoggerFactory.getLogger(Drivers.class);
    /** A runtime image may lack the module jdk.jfr. */
    private static final boolean FLIGHT_RECORDER =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private static final Availability ABSENT =
            new Availability.Unavailable("NOT_PRESENT", "No driver of this name is on the class path.", "Add its jar.");

    private final Map<String, Driver> byName;
    private final Map<String, Supplier<ActorHost>> hosts;
    // Actor hosts are no Guice singletons: in production Guice would create them for agents that never use them.
    private final Map<String, ActorHost> createdHosts = new ConcurrentHashMap<>();

    Drivers(Map<String, Driver> byName, Map<String, Supplier<ActorHost>> hosts) {
        this.byName = Collections.unmodifiableMap(new TreeMap<>(byName));
        this.hosts = Map.copyOf(hosts);
    }

    /**
     * Returns the drivers that the class loader of this library sees. It creates them, which is cheap, but does not ask
     * whether they can run.
     *
     * @throws CaptureException when a driver's module cannot be loaded, or two drivers have one name
     */
    public static Drivers discover() {
        return discover(Drivers.class.getClassLoader());
    }

    /**
     * Returns the drivers that a class loader sees, for applications whose drivers are in another loader than this
     * library; see {@link #discover()}.
     *
     * @throws CaptureException when a driver's module cannot be loaded, or two drivers have one name
     */
    public static Drivers discover(ClassLoader loader) {
        try {
            return Guice.createInjector(new DiscoveredDrivers(loader)).getInstance(Drivers.class);
        } catch (CreationException e) {
            String messages =
                    e.getErrorMessages().stream().map(Message::getMessage).collect(Collectors.joining("\n  "));
            throw new CaptureException("The drivers cannot be loaded:\n  " + messages, e);
        } catch (ProvisionException e) {
            throw e.getCause() instanceof CaptureException known ? known : e;
        }
    }

    /**
     * Returns these drivers, without looking for others, as for a test.
     *
     * @throws CaptureException when two drivers have one name, or a driver has none
     */
    public static Drivers of(Driver... drivers) {
        Map<String, Driver> byName = new TreeMap<>();
        for (Driver driver : drivers) {
            if (!isNamed(driver)) {
                throw new CaptureException(nameless(driver));
            }
            Driver other = byName.put(driver.name(), driver);
            if (other != null) {
                throw twins(driver.name(), List.of(other, driver));
            }
        }
        return new Drivers(byName, Map.of());
    }

    /** Returns whether a driver says its name; a driver's author can forget it. */
    @SuppressWarnings("ConstantValue") // a stranger's driver need not keep to the annotations
    static boolean isNamed(Driver driver) {
        String name = driver.name();
        return name != null && !name.isBlank();
    }

    static String nameless(Driver driver) {
        return "The driver " + driver.getClass().getName() + " has no name: its name() is "
                + (driver.name() == null ? "null" : "empty") + ". Tell its author.";
    }

    static CaptureException twins(String name, List<Driver> drivers) {
        String classes = drivers.stream()
                .map(driver -> driver instanceof UnloadableDriver
                        ? "one that cannot be created"
                        : driver.getClass().getName())
                .collect(Collectors.joining(" and "));
        return new CaptureException("Two drivers are named " + name + ": " + classes
                + ". Take the jar of one of them from the class path.");
    }

    /** Returns the drivers' names, in alphabetical order. */
    public Set<String> names() {
        return byName.keySet();
    }

    /** Returns the drivers by name, in alphabetical order. */
    public Map<String, Driver> all() {
        return byName;
    }

    /**
     * Returns the place that a driver watches; empty when it is this machine, or no driver has the name.
     *
     * @throws CaptureException when its actor host could not be created
     */
    public Optional<ActorHost> actorHost(String driver) {
        return Optional.ofNullable(hosts.get(driver))
                .map(create -> createdHosts.computeIfAbsent(driver, name -> create.get()));
    }

    /**
     * Chooses the first driver that the configuration names and that can run, without opening a capture.
     *
     * @throws InvalidConfigException when a name that the user chose belongs to no driver, or a driver that is tried
     *     objects to its settings
     * @throws NoDriverException when no driver can run; it has the reason for each
     */
    public Selection select(CaptureConfig config) {
        return first(config, DriverCheck::check, driver -> driver).selection();
    }

    /**
     * Opens a capture with the first driver that the configuration names and that can run, and logs its name. In a
     * list, a driver that fails to open is passed over, too. With process events the capture has a table of them
     * ({@link Capture#processTable}).
     *
     * @throws InvalidConfigException as {@link #select} does
     * @throws NoDriverException as {@link #select} does
     * @throws CaptureException when the only driver that is named fails to open
     */
    public Capture open(CaptureConfig config) {
        Taken<Capture> taken = first(config, DriverCheck::checkBeforeOpening, driver -> opened(driver, config));
        LOG.info("Capturing with driver {}", taken.selection().describe());
        return taken.result();
    }

    private static Capture opened(Driver driver, CaptureConfig config) {
        Capture capture = FLIGHT_RECORDER ? FlightCapture.open(driver, config) : driver.open(config);
        try {
            return capture.processEvents()
                    ? capture.withProcesses(ProcessTable.of(Set.of(driver.name()), ContainerNames.of(config)))
                    : capture;
        } catch (RuntimeException | Error e) {
            capture.close();
            throw e;
        }
    }

    /** The result of trying a driver. */
    private record Taken<T>(Selection selection, T result) {}

    private <T> Taken<T> first(
            CaptureConfig config, BiFunction<Driver, CaptureConfig, Availability> check, Function<Driver, T> attempt) {
        requirePresent(config);
        List<PassedOver> passedOver = new ArrayList<>();
        for (String name : config.drivers()) {
            Driver driver = byName.get(name);
            Availability availability = driver == null ? ABSENT : check.apply(driver, config);
            availability.requireValidSettings();
            if (driver != null && availability.isAvailable()) {
                try {
                    return new Taken<>(new Selection(driver, passedOver), attempt.apply(driver));
                } catch (InvalidConfigException e) {
                    throw e;
                } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
                    LOG.debug("Driver {} did not open", name, e);
                    availability = afterFailure(driver, config, e);
                }
            }
            passedOver.add(new PassedOver(name, availability));
        }
        throw noneCanRun(config, passedOver);
    }

    /** Returns why a driver did not open. A driver that was not asked before is asked now. */
    private static Availability afterFailure(Driver driver, CaptureConfig config, Throwable e) {
        if (driver.isProvedByOpening()) {
            Availability why = DriverCheck.check(driver, config);
            why.requireValidSettings();
            if (!why.isAvailable()) {
                return why;
            }
        }
        if (isOnlyChoice(config)) {
            throw failed(driver.name(), e);
        }
        return DriverCheck.inconclusive(e);
    }

    private void requirePresent(CaptureConfig config) {
        if (config.isAuto()) {
            return;
        }
        List<String> problems = UnknownDrivers.among(config.drivers(), config.origin("unraced.driver"), names());
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
    }

    private static boolean isOnlyChoice(CaptureConfig config) {
        return !config.isAuto() && config.drivers().size() == 1;
    }

    private static CaptureException failed(String name, Throwable e) {
        return e instanceof CaptureException known
                ? known
                : new CaptureException("Driver " + name + " failed to open: " + e, e);
    }

    private NoDriverException noneCanRun(CaptureConfig config, List<PassedOver> passedOver) {
        if (isOnlyChoice(config)) {
            PassedOver only = passedOver.get(0);
            return new NoDriverException(
                    "Driver " + only.name() + " cannot be used. " + only.why().describe(), passedOver);
        }
        String whose = config.isAuto() ? "None of the drivers that auto stands for" : "None of the drivers named";
        String reasons = passedOver.stream().map(PassedOver::describe).collect(Collectors.joining("\n  "));
        return new NoDriverException(whose + " can be used:\n  " + reasons + notTried(config), passedOver);
    }

    /** Names the drivers that auto does not try: the user may want one of them. */
    private String notTried(CaptureConfig config) {
        List<String> others = names().stream()
                .filter(name -> !config.drivers().contains(name))
                .toList();
        return !config.isAuto() || others.isEmpty()
                ? ""
                : "\nNot tried, because auto does not stand for it: " + String.join(", ", others)
                        + ". Name a driver to use it.";
    }
}
