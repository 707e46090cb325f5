// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import static dev.unraced.format.SampleEvents.begin;
import static dev.unraced.format.SampleEvents.utf8;
import static dev.unraced.format.SampleEvents.view;
import static dev.unraced.linux.OpenFlags.RESOLVE_IN_ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.RecordEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests with real links below a directory that stands for the root, some of them an attacker's. */
class RootLinksTest {
    private static final long NAMESPACE = 4_026_531_841L;
    private static final int ATTACKER = 65_534;

    @TempDir
    private Path root;

    private RootLinks links = below(Path.of("/"));

    @BeforeEach
    void aMachineWhoseFolderSharedLeadsToUsrLib() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root gives files away");
        allow(root, "rwxr-xr-x");
        for (String folder : new String[] {"usr", "usr/lib", "usr/lib/deep", "conf", "tmp", "home"}) {
            allow(Files.createDirectory(root.resolve(folder)), "rwxr-xr-x");
        }
        allow(root.resolve("tmp"), "rwxrwxrwx");
        for (String file : new String[] {"usr/lib/libc.so.6", "usr/lib/deep/x", "conf/shadow"}) {
            Files.createFile(root.resolve(file));
        }
        link("shared", "usr/lib");
        link("lib64", "/shared");
        link("usr/lib/libc.so", "libc.so.6");
        links = below(root);
    }

    @Test
    void aLinkOfRootsThatLeadsToTheFileIsOne() throws IOException {
        assertThat(leads("/shared/libc.so.6", "/usr/lib/libc.so.6")).isTrue();
        assertThat(leads("/lib64/libc.so", "/usr/lib/libc.so.6")).as("three").isTrue();
        assertThat(leads("/shared/deep/../libc.so.6", "/usr/lib/libc.so.6")).isTrue();
        assertThat(leads("//shared/./deep//x", "/usr/lib/deep/x")).isTrue();
    }

    @Test
    void withoutALinkItIsNone() throws IOException {
        assertThat(leads("/usr/lib/../lib/libc.so.6", "/usr/lib/libc.so.6")).isFalse();
        assertThat(leads("/usr/lib/libc.so.6", "/usr/lib/libc.so.6")).isFalse();
    }

    @Test
    void aFlippedPathIsNone() throws IOException {
        assertThat(leads("/shared/libc.so.6", "/conf/shadow")).isFalse();
        assertThat(leads("/shared/deep/x", "/usr/lib/libc.so.6")).isFalse();
        assertThat(leads("/shared/none", "/usr/lib/libc.so.6")).isFalse();
        assertThat(leads("/shared/libc.so.6/x", "/usr/lib/libc.so.6")).isFalse();
    }

    @Test
    void aLinkInADirectoryThatOthersMayWriteToIsNone() throws IOException {
        link("tmp/report.txt", "/conf/shadow");
        assertThat(leads("/tmp/report.txt", "/conf/shadow"))
                .as("a link of root's")
                .isFalse();
        give("tmp/report.txt");
        assertThat(leads("/tmp/report.txt", "/conf/shadow"))
                .as("a link of the attacker's")
                .isFalse();
        link("conf/report", "../tmp/report.txt");
        assertThat(leads("/conf/report", "/conf/shadow")).as("on the way").isFalse();
        allow(root.resolve("tmp"), "rwxrwxr-x");
        assertThat(leads("/tmp/report.txt", "/conf/shadow"))
                .as("by their group")
                .isFalse();
    }

    @Test
    void aLinkOfTheAttackersIsNoneEvenInADirectoryOfRoots() throws IOException {
        link("conf/report", "shadow");
        assertThat(leads("/conf/report", "/conf/shadow")).isTrue();
        give("conf/report");
        links = below(root);
        assertThat(leads("/conf/report", "/conf/shadow")).isFalse();
    }

    @Test
    void aDirectoryOfTheAttackersOnTheWayIsNone() throws IOException {
        Path own = allow(Files.createDirectory(root.resolve("home/evil")), "rwxr-xr-x");
        link("home/evil/report", "/conf/shadow");
        link("conf/shortcut", "/home/evil/report");
        assertThat(leads("/home/evil/report", "/conf/shadow")).isTrue();
        Files.setAttribute(own, "unix:uid", ATTACKER);
        links = below(root);
        assertThat(leads("/home/evil/report", "/conf/shadow")).isFalse();
        assertThat(leads("/conf/shortcut", "/conf/shadow")).isFalse();
    }

    @Test
    void anotherFileOfTheSameNameIsNone() throws IOException {
        Path file = root.resolve("usr/lib/libc.so.6");
        EventView gone = event("/shared/libc.so.6", "/usr/lib/libc.so.6", file, same -> same);
        // The old file lives on under another name, so its inode is not given to the new one.
        Files.move(file, root.resolve("usr/lib/old"));
        Files.createFile(file);
        assertThat(links.test(gone)).isFalse();
        assertThat(leads("/shared/libc.so.6", "/usr/lib/libc.so.6")).isTrue();
    }

    @Test
    void aHardLinkToTheFileIsNone() throws IOException {
        Files.createLink(root.resolve("tmp/hard"), root.resolve("usr/lib/libc.so.6"));
        assertThat(leads("/shared/libc.so.6", "/tmp/hard")).isFalse();
    }

    @Test
    void aCircleOfLinksIsNone() throws IOException {
        link("conf/a", "b");
        link("conf/b", "a");
        assertThat(leads("/conf/a", "/conf/shadow")).isFalse();
    }

    @Test
    void aLinkOfAnotherFileSystemThanTheRootsIsNone() throws IOException {
        links = below(Path.of("/"));
        String own = "/proc/" + ProcessHandle.current().pid();
        EventView event = event("/proc/self/mounts", own + "/mounts", Path.of(own, "mounts"), same -> same);
        assertThat(links.test(event)).isFalse();
    }

    @Test
    void aCallerCannotMakeItLookUpManyNames() throws IOException {
        // Sixty names, two more, and the two of a link.
        String most = "/usr/..".repeat(30) + "/shared/libc.so.6";
        assertThat(leads(most, "/usr/lib/libc.so.6")).isTrue();
        String more = "/.." + most;
        assertThat(leads(more, "/usr/lib/libc.so.6")).isFalse();
    }

    @Test
    @Timeout(60)
    void aFileSystemThatDoesNotAnswerHoldsUpOneEventAndIsAskedAgainAfterARest() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        Path silent = mock();
        when(silent.resolve(anyString())).thenAnswer(call -> {
            answers.await();
            return root.resolve((String) call.getArgument(0));
        });
        long begun = System.nanoTime();
        Duration rest = Duration.ofSeconds(2);
        links = new RootLinks(silent, NAMESPACE, Duration.ofMillis(500), rest);
        assertThat(leads("/shared/libc.so.6", "/usr/lib/libc.so.6")).isFalse();
        for (int others = 0; others < 200; others++) {
            String other = "/.".repeat(others) + "/shared/deep/x";
            assertThat(leads(other, "/usr/lib/deep/x")).isFalse();
        }
        answers.countDown();
        while (!leads("/shared/libc.so.6", "/usr/lib/libc.so.6")) {
            Thread.sleep(20);
        }
        Duration passed = Duration.ofNanos(System.nanoTime() - begun);
        assertThat(passed).isGreaterThan(rest);
    }

    @Test
    void whatIsInDoubtIsNone() throws IOException {
        Path file = root.resolve("usr/lib/libc.so.6");
        for (EventFlag doubt : new EventFlag[] {
            EventFlag.FOREIGN_MOUNT_NS,
            EventFlag.DETACHED,
            EventFlag.RESOLVED_UNSTABLE,
            EventFlag.RESOLVED_TRUNCATED,
            EventFlag.TRUNCATED,
            EventFlag.DELETED,
            EventFlag.EXECUTION_UNKNOWN,
            EventFlag.FD_TABLE_SHARED
        }) {
            assertThat(links.test(
                            event("/shared/libc.so.6", "/usr/lib/libc.so.6", file, encoder -> encoder.flag(doubt))))
                    .as("%s", doubt)
                    .isFalse();
        }
        assertThat(links.test(event(
                        "/shared/libc.so.6",
                        "/usr/lib/libc.so.6",
                        file,
                        encoder -> encoder.namespaces(77, NAMESPACE + 1, 4_026_531_836L))))
                .as("another mount namespace")
                .isFalse();
        assertThat(links.test(event(
                        "/shared/libc.so.6",
                        "/usr/lib/libc.so.6",
                        file,
                        encoder -> encoder.path(utf8("/shared/libc.so.6"), Provenance.EXIT, Integrity.DIFFERS))))
                .as("a path that may be forged")
                .isFalse();
        assertThat(links.test(event(
                        "/shared/libc.so.6",
                        "/usr/lib/libc.so.6",
                        file,
                        encoder -> encoder.how(0, 0, RESOLVE_IN_ROOT, 0, Provenance.KERNEL, Integrity.MATCH))))
                .as("another root")
                .isFalse();
        assertThat(links.test(event("shared/libc.so.6", "/usr/lib/libc.so.6", file, same -> same)))
                .as("a relative path")
                .isFalse();
    }

    @Test
    void theAnswerIsKeptForTheSameFileAlone() throws IOException {
        assertThat(leads("/shared/libc.so.6", "/usr/lib/libc.so.6")).isTrue();
        EventView same = event("/shared/libc.so.6", "/usr/lib/libc.so.6", root.resolve("usr/lib/libc.so.6"), it -> it);
        Files.delete(root.resolve("shared"));
        assertThat(links.test(same)).isTrue();
        assertThat(leads("/shared/deep/x", "/usr/lib/deep/x")).isFalse();
    }

    @Test
    void eventsOfOtherMachinesAreNeverAsked() throws IOException {
        EventView event = event("/shared/libc.so.6", "/usr/lib/libc.so.6", root.resolve("usr/lib/libc.so.6"), it -> it);
        for (String driver : new String[] {"sim", "remote", "gvisor", "replay"}) {
            assertThat(RootLinks.of(driver).test(event)).isFalse();
        }
        assertThat(RootLinks.of("ebpf")).isInstanceOf(RootLinks.class);
    }

    /** Waits long enough for any machine. */
    private static RootLinks below(Path root) {
        return new RootLinks(root, NAMESPACE, Duration.ofMinutes(1), Duration.ZERO);
    }

    private boolean leads(String path, String resolved) throws IOException {
        return links.test(event(path, resolved, root.resolve(resolved.substring(1)), same -> same));
    }

    private static EventView event(String path, String resolved, Path file, UnaryOperator<RecordEncoder> change)
            throws IOException {
        long device = (Long) Files.getAttribute(file, "unix:dev", LinkOption.NOFOLLOW_LINKS);
        long inode = (Long) Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
        RecordEncoder encoder = begin(Syscall.OPENAT, 3)
                .namespaces(77, NAMESPACE, 4_026_531_836L)
                .dirfd(-100)
                .path(utf8(path), Provenance.ENTER, Integrity.DIFFERS)
                .how(0, 0, 0, 0, Provenance.KERNEL, Integrity.MATCH)
                .file(utf8(resolved), major(device), minor(device), inode);
        return view(change.apply(encoder));
    }

    private static int major(long device) {
        return (int) ((device >>> 8) & 0xfff);
    }

    private static int minor(long device) {
        return (int) ((device & 0xff) | ((device >>> 12) & ~0xffL));
    }

    private void link(String name, String target) throws IOException {
        Files.createSymbolicLink(root.resolve(name), Path.of(target));
    }

    private void give(String name) throws IOException {
        Files.setAttribute(root.resolve(name), "unix:uid", ATTACKER, LinkOption.NOFOLLOW_LINKS);
    }

    private static Path allow(Path file, String permissions) throws IOException {
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
