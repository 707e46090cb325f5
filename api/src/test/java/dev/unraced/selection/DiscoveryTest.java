// SPDX-License-Identifier: Apache-2.0
package dev.unraced.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

import com.google.inject.CreationException;
import com.google.inject.Guice;
import com.google.inject.Injector;
import dev.unraced.capture.Availability;
import dev.unraced.capture.Capabilities;
import dev.unraced.capture.Capture;
import dev.unraced.capture.CaptureException;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.Layers;
import dev.unraced.driver.ActorHost;
import dev.unraced.driver.Driver;
import dev.unraced.driver.DriverModule;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks discovery by real service files, which only this test's class loader sees. */
class DiscoveryTest {
    @TempDir
    Path directory;

    private URLClassLoader loader;

    @BeforeEach
    void openLoader() throws IOException {
        loader = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader());
        WorkingDriver.opened = 0;
    }

    @AfterEach
    void closeLoader() throws IOException {
        loader.close();
    }

    @Test
    void noDriverIsNoError() {
        assertThat(Drivers.discover(loader).names()).isEmpty();
    }

    @Test
    void modulesOfSeveralJarsAreFound() throws IOException {
        services(WorkingModule.class, BrokenModule.class);
        assertThat(Drivers.discover(loader).all())
                .containsOnlyKeys("working", "broken")
                .extractingByKey("working")
                .isInstanceOf(WorkingDriver.class);
    }

    @Test
    void aDriverThatCannotBeCreatedIsInconclusiveAndLeavesTheOthersAlone() throws IOException {
        services(WorkingModule.class, BrokenModule.class);
        Drivers drivers = Drivers.discover(loader);
        Driver broken = drivers.all().get("broken");
        assertThat(broken.name()).isEqualTo("broken");
        assertThat(broken.availability(CaptureConfig.builder().build()))
                .isEqualTo(new Availability.Inconclusive(
                        "it could not be created, java.lang.UnsatisfiedLinkError: no unraced in java.library.path"));
        assertThat(broken.capabilities().lacking()).hasSameSizeAs(Capabilities.all());
        CaptureConfig config =
                new Layers().builder().driver("broken", "working").build();
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> broken.open(config))
                .withCauseInstanceOf(UnsatisfiedLinkError.class);
        assertThat(drivers.select(config).driver().name()).isEqualTo("working");
    }

    @Test
    void aDriverOfWhichALibraryIsMissingLeavesTheOthersAlone() throws IOException {
        services(WorkingModule.class, NeedyModule.class);
        Drivers drivers = Drivers.discover(new WithoutLibrary(loader));
        assertThat(drivers.all()
                        .get("needy")
                        .availability(CaptureConfig.builder().build()))
                .isEqualTo(new Availability.Inconclusive("it could not be created, java.lang.NoClassDefFoundError: "
                        + Library.class.getName().replace('.', '/')));
        assertThat(drivers.all()).containsKey("working");
    }

    @Test
    void aDriverWithoutAnActorHostWatchesThisMachine() throws IOException {
        services(WorkingModule.class);
        assertThat(Drivers.discover(loader).actorHost("working")).isEmpty();
        assertThat(Drivers.discover(loader).actorHost("absent")).isEmpty();
    }

    @Test
    void anActorHostSharesItsPlaceWithItsDriver() throws IOException {
        services(HostedModule.class);
        Drivers drivers = Drivers.discover(loader);
        HostedDriver driver = (HostedDriver) drivers.all().get("hosted");

        assertThat(drivers.actorHost("hosted")).get().isInstanceOfSatisfying(SomeHost.class, host -> {
            assertThat(host.place).isSameAs(driver.place);
            assertThat(drivers.actorHost("hosted")).containsSame(host);
        });
    }

    @Test
    void anActorHostThatCannotBeCreatedSaysWhyAndLeavesItsDriverAlone() throws IOException {
        services(HostedModule.class);
        Drivers drivers = Drivers.discover(loader);

        assertThat(drivers.names()).contains("broken-host");
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> drivers.actorHost("broken-host"))
                .withMessage("The actor host of driver broken-host could not be created:"
                        + " java.lang.UnsatisfiedLinkError: no unraced in java.library.path");
    }

    @Test
    void twoDriversOfOneName() throws IOException {
        services(WorkingModule.class, TwinModule.class);
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> Drivers.discover(loader))
                .withMessageStartingWith("Two drivers are named working: ")
                .withMessageContaining(WorkingDriver.class.getName())
                .withMessageContaining("one that cannot be created")
                .withMessageEndingWith("Take the jar of one of them from the class path.");
    }

    @Test
    void aDriverWithoutANameLeavesTheOthersAlone() throws IOException {
        services(WorkingModule.class, NamelessModule.class);
        Drivers drivers = Drivers.discover(loader);
        assertThat(drivers.names()).containsExactly("nameless", "null", "working");
        CaptureConfig config = CaptureConfig.builder().build();
        assertThat(drivers.all().get("nameless").availability(config).describe())
                .contains(EmptyNameDriver.class.getName(), "its name() is empty", "Tell its author");
        assertThat(drivers.all().get("null").availability(config).describe())
                .contains(NullNameDriver.class.getName(), "its name() is null", "Tell its author");
    }

    @Test
    void aDriverThatIsBoundWithoutANameIsNamedByItsClass() throws IOException {
        services(WorkingModule.class, NamelessBindingModule.class);
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> Drivers.discover(loader))
                .withMessageContaining(
                        NamelessBindingModule.class.getName() + " gives " + WorkingDriver.class.getName() + " no name");
    }

    @Test
    void aServiceFileThatNamesNoClass() throws IOException {
        services("dev.unraced.Missing");
        assertThatExceptionOfType(CaptureException.class)
                .isThrownBy(() -> Drivers.discover(loader))
                .withMessageContaining("A driver on the class path cannot be loaded. ")
                .withMessageContaining("dev.unraced.Missing");
    }

    @Test
    void guiceOpensOneCaptureOnFirstInjection() throws IOException {
        services(WorkingModule.class);
        CaptureConfig config = new Layers().builder().driver("working").build();
        Injector injector = Guice.createInjector(new UnracedModule(config, loader));
        assertThat(WorkingDriver.opened).isZero();
        assertThat(injector.getInstance(CaptureConfig.class)).isSameAs(config);
        assertThat(injector.getInstance(Drivers.class).names()).containsExactly("working");
        assertThat(injector.getInstance(Capture.class)).isSameAs(injector.getInstance(Capture.class));
        assertThat(WorkingDriver.opened).isEqualTo(1);
    }

    @Test
    void guiceInProductionOpensAtOnce() throws IOException {
        services(WorkingModule.class);
        CaptureConfig config = new Layers().builder().driver("working").build();
        Guice.createInjector(com.google.inject.Stage.PRODUCTION, new UnracedModule(config, loader));
        assertThat(WorkingDriver.opened).isEqualTo(1);
    }

    @Test
    void guiceReportsThatNoDriverCanRun() {
        CaptureConfig config = new Layers().builder().driver("working").build();
        assertThatExceptionOfType(CreationException.class)
                .isThrownBy(() -> Guice.createInjector(com.google.inject.Stage.PRODUCTION, new UnracedModule(config)))
                .withMessageContaining("no driver is named 'working' (unraced.driver, builder)");
    }

    private void services(Class<?>... modules) throws IOException {
        services(Arrays.stream(modules).map(Class::getName).toArray(String[]::new));
    }

    private void services(String... modules) throws IOException {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(
                services.resolve(DriverModule.class.getName()),
                Arrays.stream(modules).collect(Collectors.joining("\n")));
    }

    public static final class WorkingModule extends DriverModule {
        @Override
        protected void configure() {
            bindDriver("working", WorkingDriver.class);
        }
    }

    /** Stands for a missing jar. */
    static final class Library {}

    static final class NeedyDriver extends WorkingDriver {
        @Inject
        NeedyDriver(Library library) {
            assertThat(library).isNotNull();
        }
    }

    public static final class NeedyModule extends DriverModule {
        @Override
        protected void configure() {
            bindDriver("needy", NeedyDriver.class);
        }
    }

    /** A class loader that sees its parent's classes except the library, so it must define the classes that need it. */
    private static final class WithoutLibrary extends ClassLoader {
        WithoutLibrary(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.equals(Library.class.getName())) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith(DiscoveryTest.class.getName() + "$Needy")) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? defined(name) : loaded;
        }

        private Class<?> defined(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = Objects.requireNonNull(in).readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    public static final class BrokenModule extends DriverModule {
        @Override
        protected void configure() {
            bindDriver("broken", BrokenDriver.class);
        }
    }

    public static final class HostedModule extends DriverModule {
        @Override
        protected void configure() {
            bindDriver("hosted", HostedDriver.class);
            bindActorHost("hosted", SomeHost.class);
            bindDriver("broken-host", WorkingDriver.class);
            bindActorHost("broken-host", BrokenHost.class);
        }
    }

    @Singleton
    static final class Place {}

    static final class HostedDriver extends WorkingDriver {
        final Place place;

        @Inject
        HostedDriver(Place place) {
            this.place = place;
        }
    }

    static final class SomeHost implements ActorHost {
        final Place place;

        @Inject
        SomeHost(Place place) {
            this.place = place;
        }

        @Override
        public Conversation actor() {
            throw new UnsupportedOperationException();
        }
    }

    static final class BrokenHost implements ActorHost {
        BrokenHost() {
            throw new UnsatisfiedLinkError("no unraced in java.library.path");
        }

        @Override
        public Conversation actor() {
            throw new UnsupportedOperationException();
        }
    }

    public static final class TwinModule extends DriverModule {
        @Override
        protected void configure() {
            bindDriver("working", BrokenDriver.class);
        }
    }

    public static final class NamelessModule extends DriverModule {
        @Override
        protected void configure() {
            bindDriver("nameless", EmptyNameDriver.class);
            bindDriver("null", NullNameDriver.class);
        }
    }

    public static final class NamelessBindingModule extends DriverModule {
        @Override
        protected void configure() {
            bindDriver("", WorkingDriver.class);
        }
    }

    static final class EmptyNameDriver extends WorkingDriver {
        @Override
        public String name() {
            return "";
        }
    }

    static final class NullNameDriver extends WorkingDriver {
        @Override
        public String name() {
            return null;
        }
    }

    public static class WorkingDriver implements Driver {
        static int opened;

        @Override
        public String name() {
            return "working";
        }

        @Override
        public Availability availability(CaptureConfig config) {
            return new Availability.Available();
        }

        @Override
        public Capabilities capabilities() {
            return Capabilities.complete();
        }

        @Override
        public Capture open(CaptureConfig config) {
            opened++;
            return mock(Capture.class);
        }
    }

    static final class BrokenDriver extends WorkingDriver {
        BrokenDriver() {
            throw new UnsatisfiedLinkError("no unraced in java.library.path");
        }
    }
}
