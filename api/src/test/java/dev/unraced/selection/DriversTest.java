// SPDX-License-Identifier: Apache-2.0
package dev.unraced.selection;

import static dev.unraced.selection.Mocks.AVAILABLE;
import static dev.unraced.selection.Mocks.driver;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.config.Layers;
import dev.unraced.driver.Driver;
import dev.unraced.event.Capability;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import dev.unraced.selection.Selection.PassedOver;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DriversTest {
    private static final Availability NO_PRIVILEGE =
            new Availability.Unavailable("NO_PRIVILEGE", "CAP_BPF is missing.", "Run as root.");

    private final Logger logger = (Logger) LoggerFactory.getLogger(Drivers.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    @Test
    void twoDriversCannotHaveOneName() {
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> Drivers.of(driver("one", AVAILABLE), driver("one", AVAILABLE)))
                .withMessageContaining("named one");
    }

    @Test
    void aDriverHasAName() {
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> Drivers.of(driver("", AVAILABLE)))
                .withMessageContaining("its name() is empty");
    }

    @Test
    void namesAreInOrder() {
        Drivers drivers = Drivers.of(driver("sim", AVAILABLE), driver("ebpf", AVAILABLE));
        assertThat(drivers.names()).containsExactly("ebpf", "sim");
        assertThat(drivers.all()).containsOnlyKeys("ebpf", "sim");
    }

    @Test
    void theNamedDriverOpens() {
        Driver sim = driver("sim", AVAILABLE);
        CaptureConfig config = named("sim").build();
        Capture capture = Drivers.of(driver("ebpf", AVAILABLE), sim).open(config);
        assertThat(capture.driver()).isEqualTo("sim");
        verify(sim).open(config);
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("Capturing with driver sim");
    }

    @Test
    void aCaptureWithProcessEventsHasATableOfThem() {
        Driver sim = driver("sim", AVAILABLE);
        CaptureConfig config = named("sim").processEvents(true).build();
        assertThat(Drivers.of(sim).open(config).processTable())
                .as("of a driver that makes none")
                .isNull();
        when(sim.open(config).processEvents()).thenReturn(true);
        assertThat(Drivers.of(sim).open(config).processTable()).isNotNull();
    }

    @Test
    void aCaptureIsClosedWhenNobodyCanNameContainers() {
        Driver sim = driver("sim", AVAILABLE);
        CaptureConfig config =
                named("sim").processEvents(true).containerNames(true).build();
        Capture opened = sim.open(config);
        when(opened.processEvents()).thenReturn(true);
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Drivers.of(sim).open(config))
                .withMessageContaining("add unraced-cri");
        verify(opened).close();
    }

    @Test
    void theFirstOfAListThatCanRunOpensAndTheLogSaysWhy() {
        Driver later = driver("sim", AVAILABLE);
        Drivers drivers = Drivers.of(driver("ebpf", NO_PRIVILEGE), driver("kmod", AVAILABLE), later);
        assertThat(drivers.open(named("ebpf", "kmod", "sim").build()).driver()).isEqualTo("kmod");
        verify(later, never()).availability(any());
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("Capturing with driver kmod, passed over "
                        + "ebpf: NO_PRIVILEGE: CAP_BPF is missing. Run as root.");
    }

    @Test
    void selectingOpensAndLogsNothing() {
        Driver kmod = driver("kmod", AVAILABLE);
        Selection selection = Drivers.of(driver("ebpf", NO_PRIVILEGE), kmod)
                .select(named("ebpf", "kmod").build());
        assertThat(selection).isEqualTo(new Selection(kmod, List.of(new PassedOver("ebpf", NO_PRIVILEGE))));
        verify(kmod, never()).open(any());
        assertThat(log.list).isEmpty();
    }

    @Test
    void aNameThatNoDriverHas() {
        Drivers drivers = Drivers.of(driver("ebpf", AVAILABLE), driver("sim", AVAILABLE));
        assertProblem(
                () -> drivers.open(named("ebfp").build()),
                "no driver is named 'ebfp' (unraced.driver, builder), the nearest is ebpf; known drivers: ebpf, sim");
        assertProblem(
                () -> drivers.select(named("ebpf", "kmod").build()),
                "no driver is named 'kmod' (unraced.driver, builder); known drivers: ebpf, sim");
        assertProblem(
                () -> Drivers.of().open(named("ebpf").build()),
                "no driver is named 'ebpf' (unraced.driver, builder); there is none on the class path");
    }

    @Test
    void anUnknownNameIsToldTogetherWithEveryOtherMistake() {
        Drivers drivers = Drivers.of(driver("ebpf", AVAILABLE));
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> named("nope", "ebpf")
                        .knownDrivers(drivers.names())
                        .set("mitigation", "bad")
                        .paths("/tmp/*")
                        .build())
                .satisfies(e -> assertThat(e.problems())
                        .satisfiesExactlyInAnyOrder(
                                driver -> assertThat(driver)
                                        .startsWith("no driver is named 'nope' (unraced.driver, builder)"),
                                mode -> assertThat(mode).startsWith("unraced.mitigation = bad"),
                                paths -> assertThat(paths).startsWith("unraced.filter.paths = ")));
        assertThat(named("ebpf").knownDrivers(drivers.names()).build().drivers())
                .containsExactly("ebpf");
    }

    @Test
    void aSettingThatADriverObjectsToIsAnErrorEvenInAList() {
        InvalidConfigException objection = new InvalidConfigException(List.of("unraced.ebpf.rings = x"));
        Driver says = driver("ebpf", Availability.Unavailable.of(objection));
        Driver throwsWhenAsked = driver("ebpf", AVAILABLE);
        doThrow(objection).when(throwsWhenAsked).availability(any());
        Driver throwsWhenOpened = driver("ebpf", AVAILABLE);
        doThrow(objection).when(throwsWhenOpened).open(any());
        Driver other = driver("sim", AVAILABLE);
        for (Driver driver : List.of(says, throwsWhenAsked, throwsWhenOpened)) {
            for (CaptureConfig config :
                    List.of(named("ebpf").build(), named("ebpf", "sim").build())) {
                assertThatExceptionOfType(InvalidConfigException.class)
                        .isThrownBy(() -> Drivers.of(driver, other).open(config))
                        .withMessageContaining("unraced.ebpf.rings = x");
            }
        }
        verify(other, never()).open(any());
    }

    private static void assertProblem(ThrowingCallable action, String problem) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(action)
                .satisfies(e -> assertThat(e.problems()).containsExactly(problem));
    }

    @Test
    void aSingleDriverThatCannotRun() {
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> Drivers.of(driver("ebpf", NO_PRIVILEGE))
                        .open(named("ebpf").build()))
                .withMessage("Driver ebpf cannot be used. NO_PRIVILEGE: CAP_BPF is missing. Run as root.");
    }

    @Test
    void aDriverThatOpeningProvesIsNotAskedBefore() {
        Driver driver = provedByOpening(driver("ebpf", AVAILABLE));

        assertThat(Drivers.of(driver).open(named("ebpf").build()).driver()).isEqualTo("ebpf");
        verify(driver, never()).availability(any());
    }

    @Test
    void aDriverThatOpeningProvesSaysWhyItDidNotOpen() {
        Driver driver = provedByOpening(driver("ebpf", NO_PRIVILEGE));
        doThrow(new CaptureException("no")).when(driver).open(any());

        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> Drivers.of(driver).open(named("ebpf").build()))
                .withMessage("Driver ebpf cannot be used. NO_PRIVILEGE: CAP_BPF is missing. Run as root.");
        assertThat(Drivers.of(driver, driver("sim", AVAILABLE))
                        .open(named("ebpf", "sim").build())
                        .driver())
                .isEqualTo("sim");
    }

    @Test
    void aDriverThatOpeningProvesFailsAsItSaysWhenItCanRun() {
        Driver driver = provedByOpening(driver("ebpf", AVAILABLE));
        doThrow(new CaptureException("no memory")).when(driver).open(any());

        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> Drivers.of(driver).open(named("ebpf").build()))
                .withMessage("no memory");
    }

    private static Driver provedByOpening(Driver driver) {
        when(driver.isProvedByOpening()).thenReturn(true);
        return driver;
    }

    @Test
    void aListOfWhichNoneCanRun() {
        Drivers drivers = Drivers.of(
                driver("ebpf", NO_PRIVILEGE), driver("kmod", new Availability.Inconclusive("no /dev/unraced")));
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> drivers.open(named("kmod", "ebpf").build()))
                .withMessage("""
                        None of the drivers named can be used:
                          kmod: inconclusive: no /dev/unraced
                          ebpf: NO_PRIVILEGE: CAP_BPF is missing. Run as root.""");
    }

    @Test
    void programsLearnWhyNoDriverCanRun() {
        PassedOver kmod = new PassedOver("kmod", new Availability.Inconclusive("no /dev/unraced"));
        PassedOver ebpf = new PassedOver("ebpf", NO_PRIVILEGE);
        Drivers drivers = Drivers.of(driver("ebpf", NO_PRIVILEGE), driver("kmod", kmod.why()));
        assertThatExceptionOfType(NoDriverException.class)
                .isThrownBy(() -> drivers.open(named("kmod", "ebpf").build()))
                .satisfies(e -> assertThat(e.passedOver()).containsExactly(kmod, ebpf));
        assertThatExceptionOfType(NoDriverException.class)
                .isThrownBy(() -> drivers.select(named("ebpf").build()))
                .satisfies(e -> assertThat(e.passedOver()).containsExactly(ebpf));
        assertThat(kmod.code()).isEqualTo(PassedOver.INCONCLUSIVE);
        assertThat(ebpf.code()).isEqualTo("NO_PRIVILEGE");
    }

    @Test
    void autoPassesOverWhatIsNotOnTheClassPath() {
        CaptureConfig config = named("auto").set("auto", "ebpf,kmod,sim").build();
        Selection selection = Drivers.of(driver("sim", AVAILABLE)).select(config);
        assertThat(selection.describe())
                .isEqualTo("sim, passed over "
                        + "ebpf: NOT_PRESENT: No driver of this name is on the class path. Add its jar.; "
                        + "kmod: NOT_PRESENT: No driver of this name is on the class path. Add its jar.");
    }

    @Test
    void autoWithoutAnyDriver() {
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() ->
                        Drivers.of().open(named("auto").set("auto", "ebpf").build()))
                .withMessage("""
                        None of the drivers that auto stands for can be used:
                          ebpf: NOT_PRESENT: No driver of this name is on the class path. Add its jar.""");
    }

    @Test
    void autoThatFindsNothingNamesWhatItDoesNotStandFor() {
        Driver simulator = driver("sim", AVAILABLE);
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> Drivers.of(driver("ebpf", NO_PRIVILEGE), simulator)
                        .open(named("auto").set("auto", "ebpf").build()))
                .withMessage("""
                        None of the drivers that auto stands for can be used:
                          ebpf: NO_PRIVILEGE: CAP_BPF is missing. Run as root.
                        Not tried, because auto does not stand for it: sim. Name a driver to use it.""");
        verify(simulator, never()).open(any());
    }

    @Test
    void aModeThatTheDriverLacks() {
        Drivers drivers = Drivers.of(driver(
                "ebpf", AVAILABLE, Capabilities.complete().without(Mitigation.KERNEL, "The kernel refuses fexit")));
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() ->
                        drivers.open(named("ebpf").mitigation(Mitigation.KERNEL).build()))
                .withMessage(
                        "Driver ebpf cannot be used. LACKS_CAPABILITY: "
                                + "It lacks mitigation kernel (The kernel refuses fexit). "
                                + "Change unraced.mitigation, unraced.syscalls, unraced.enter-events or unraced.process-events, or choose another driver.");
        assertThat(drivers.open(named("ebpf").mitigation(Mitigation.STASH).build())
                        .driver())
                .isEqualTo("ebpf");
    }

    @Test
    void aReasonThatAllCapabilitiesLackForIsSaidOnce() {
        Capabilities nothing = Capabilities.complete();
        for (Capability each : Capabilities.all()) {
            nothing = nothing.without(each, "NO_SERVER: no server answers");
        }
        Drivers drivers = Drivers.of(driver("remote", AVAILABLE, nothing));
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> drivers.open(named("remote").build()))
                .withMessageContaining("It lacks mitigation stash, the call open, ")
                .satisfies(e -> assertThat(e.getMessage()).containsOnlyOnce("NO_SERVER"));
    }

    @Test
    void callsThatTheDriverLacks() {
        Capabilities capabilities = Capabilities.complete()
                .without(Syscall.OPENAT2, "Sentry has none")
                .without(Syscall.CREAT, "No point for it");
        Drivers drivers = Drivers.of(driver("gvisor", AVAILABLE, capabilities));
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> drivers.select(
                        named("gvisor").syscalls(Syscall.values()).build()))
                .withMessageContaining(
                        "It lacks the call openat2 (Sentry has none), the call creat (No point for it). Change ");
        assertThat(drivers.select(named("gvisor").syscalls(Syscall.OPEN).build())
                        .passedOver())
                .isEmpty();
        assertThat(drivers.select(named("gvisor").build()).passedOver())
                .as("calls that nobody has asked for by name")
                .isEmpty();
    }

    @Test
    void whatADriverThrowsWhenAskedIsItsAnswer() {
        Driver runtime = driver("a", AVAILABLE);
        doThrow(new IllegalStateException("boom")).when(runtime).availability(any());
        Driver linkage = driver("b", AVAILABLE);
        doThrow(new NoClassDefFoundError("com/example/Native")).when(linkage).availability(any());
        Driver capabilities = driver("c", AVAILABLE);
        doThrow(new IllegalStateException("bang")).when(capabilities).capabilities();
        Selection selection = Drivers.of(runtime, linkage, capabilities, driver("d", AVAILABLE))
                .select(named("a", "b", "c", "d").build());
        assertThat(selection.driver().name()).isEqualTo("d");
        assertThat(selection.passedOver())
                .containsExactly(
                        new PassedOver("a", new Availability.Inconclusive("java.lang.IllegalStateException: boom")),
                        new PassedOver(
                                "b",
                                new Availability.Inconclusive("java.lang.NoClassDefFoundError: com/example/Native")),
                        new PassedOver("c", new Availability.Inconclusive("java.lang.IllegalStateException: bang")));
    }

    @Test
    void inAListADriverThatFailsToOpenIsPassedOver() {
        Driver known = driver("a", AVAILABLE);
        doThrow(new CaptureException("The ring does not fit; raise RLIMIT_MEMLOCK."))
                .when(known)
                .open(any());
        Driver linkage = driver("b", AVAILABLE);
        doThrow(new UnsatisfiedLinkError("no libbpf")).when(linkage).open(any());
        Drivers drivers = Drivers.of(known, linkage, driver("c", AVAILABLE));
        assertThat(drivers.open(named("a", "b", "c").build()).driver()).isEqualTo("c");
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("Capturing with driver c, passed over "
                        + "a: inconclusive: The ring does not fit; raise RLIMIT_MEMLOCK.; "
                        + "b: inconclusive: java.lang.UnsatisfiedLinkError: no libbpf");
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> drivers.open(named("a", "b").build()))
                .withMessageContainingAll("\n  a: inconclusive: The ring", "\n  b: inconclusive: java.lang.Unsat");
    }

    @Test
    void aSingleDriverThatFailsToOpen() {
        Driver driver = driver("a", AVAILABLE);
        CaptureException own = new CaptureException("The ring does not fit.");
        doThrow(own).when(driver).open(any());
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> Drivers.of(driver).open(named("a").build()))
                .isSameAs(own);
        IllegalStateException unexpected = new IllegalStateException("boom");
        doThrow(unexpected).when(driver).open(any());
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> Drivers.of(driver).open(named("a").build()))
                .withMessage("Driver a failed to open: java.lang.IllegalStateException: boom")
                .withCause(unexpected);
        assertThat(log.list).isEmpty();
    }

    private static CaptureConfigBuilder named(String... names) {
        return new Layers().builder().driver(names);
    }
}
