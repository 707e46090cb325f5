// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The model knows the names that could exist while an act ran. */
class TreeTest {
    @Test
    void aPathLeadsToItsFileAndThroughLinksOnlyWhenTheyAreFollowed() {
        ActLog log = Logs.of(Logs.open(10, 20, "path=a/l"));
        Tree tree = new Tree(log);
        Act act = log.acts().get(0);
        assertThat(tree.reached(act, "a/l", true)).containsExactly(3L);
        assertThat(tree.reached(act, "a/l", false)).isEmpty();
        assertThat(tree.reached(act, "a/p/../../b/x", true)).containsExactly(8L);
        assertThat(tree.reached(act, "a/nothing", true)).isEmpty();
    }

    @Test
    void aRenameDuringTheActLeavesBothFilesPossible() {
        ActLog log = Logs.of(
                Logs.open(10, 20, "path=a/x"),
                Logs.open(40, 50, "path=a/x"),
                Logs.change(1, 15, 16, "what=exchange path=a other=b"));
        Tree tree = new Tree(log);
        assertThat(tree.reached(log.acts().get(0), "a/x", true)).containsExactlyInAnyOrder(3L, 8L);
        assertThat(tree.reached(log.acts().get(1), "a/x", true)).containsExactly(8L);
    }

    @Test
    void aWalkNeverGoesBackInTime() {
        ActLog log = Logs.of(
                Logs.open(10, 30, "path=a/p/x"),
                Logs.change(1, 12, 13, "what=rename path=a/p/x other=c/x"),
                Logs.change(2, 14, 15, "what=rename path=a other=d"));
        Tree tree = new Tree(log);
        assertThat(tree.reached(log.acts().get(0), "a/p/x", true)).containsExactly(6L);
        assertThat(tree.reached(log.acts().get(0), "d/p/x", true)).isEmpty();
    }

    @Test
    void aTornPathWasNeverAName() {
        ActLog log = Logs.of(
                Logs.open(10, 30, "path=a/p/x"),
                Logs.change(1, 12, 13, "what=rename path=a/p other=a/q"),
                Logs.change(2, 14, 15, "what=rename path=a other=d"));
        Tree tree = new Tree(log);
        Act act = log.acts().get(0);
        assertThat(tree.named(act, 77, "/hunt/a/p/x", 6)).isTrue();
        assertThat(tree.named(act, 77, "/hunt/a/q/x", 6)).isTrue();
        assertThat(tree.named(act, 77, "/hunt/d/q/x", 6)).isTrue();
        assertThat(tree.named(act, 77, "/hunt/d/p/x", 6)).isFalse();
    }

    @Test
    void aBindMountShowsAnotherDirectoryInItsNamespaceAlone() {
        ActLog log = Logs.of(
                "change n=1 a=0 o=0 r=0 b=1 e=2 res=0 ns=78 ino=0 value=0 what=unshare path= other=",
                "change n=2 a=0 o=0 r=0 b=3 e=4 res=0 ns=78 ino=0 value=0 what=bind path=b other=a",
                Logs.open(10, 20, "path=a/x"),
                Logs.open(10, 20, "path=a/x").replace("a=0 ", "a=1 "));
        Tree tree = new Tree(log);
        Act inside =
                log.acts().stream().filter(act -> act.actor() == 0).findFirst().orElseThrow();
        Act outside =
                log.acts().stream().filter(act -> act.actor() == 1).findFirst().orElseThrow();
        assertThat(tree.reached(inside, "a/x", true)).containsExactly(8L);
        assertThat(tree.reached(outside, "a/x", true)).containsExactly(3L);
        assertThat(tree.named(inside, 78, "/hunt/a/x", 8)).isTrue();
        assertThat(tree.named(outside, 77, "/hunt/a/x", 8)).isFalse();
        // A directory that was opened before the mount covered it still leads to the file below.
        assertThat(tree.named(inside, 78, "/hunt/a/x", 3)).isTrue();
    }

    @Test
    void aRequestMayHaveRunInAnEarlierNamespaceOfItsActor() {
        String open = Logs.open(10, 20, "path=a/x");
        ActLog log = Logs.of(
                "change n=1 a=0 o=0 r=0 b=1 e=2 res=0 ns=78 ino=0 value=0 what=unshare path= other=",
                "change n=2 a=0 o=0 r=0 b=3 e=4 res=0 ns=78 ino=0 value=0 what=bind path=b other=a",
                open,
                open.replace("via=native", "via=ring").replace("tag=-1", "tag=0"));
        Tree tree = new Tree(log);
        for (Act act : log.acts()) {
            Long[] reached = act.isRequest() ? new Long[] {3L, 8L} : new Long[] {8L};
            assertThat(tree.reached(act, "a/x", true)).containsExactlyInAnyOrder(reached);
            assertThat(tree.reachedIn(78, act, "a/x", true)).containsExactly(8L);
        }
    }

    @Test
    void theRootOfOpenat2IsWhereThePathStarts() {
        String link = Logs.change(1, 1, 2, "what=symlink path=a/k other=/x").replace("ino=0", "ino=20");
        ActLog log = Logs.of(
                link,
                Logs.open(10, 20, "path=k"),
                resolving(30, 0, "k"),
                resolving(50, 0x10, "k"),
                resolving(70, 0x08, "k"),
                resolving(90, 0x14, "k"),
                resolving(110, 0x10, "/p/../../x"),
                resolving(130, 0x08, "p/../x"),
                resolving(150, 0x08, "p/../../a/x"));
        Tree tree = new Tree(log);
        List<Long> found = new ArrayList<>();
        for (Act act : log.acts()) {
            Set<Long> reached = tree.reached(act, act.paths().get(0), true);
            found.add(
                    reached == null || reached.isEmpty()
                            ? null
                            : reached.iterator().next());
        }
        assertThat(found).containsExactly(null, null, 3L, null, null, 3L, 3L, null);
    }

    /** An openat2 that starts at the directory a. */
    private static String resolving(int begin, int resolve, String path) {
        return Logs.open(begin, begin + 10, "path=" + path)
                .replace("call=openat", "call=openat2")
                .replace("dir=-100 base=0", "dir=92 base=2")
                .replace("resolve=0", "resolve=" + resolve);
    }

    @Test
    void theParentOfTheCallersRootIsThatRoot() {
        ActLog log = Logs.of(
                "change n=1 a=0 o=0 r=0 b=1 e=2 res=0 ns=77 ino=0 value=0 what=chroot path= other=",
                Logs.open(10, 20, "path=../x").replace("base=0", "base=1"),
                Logs.open(30, 40, "path=p/../../../x").replace("base=0", "base=1"));
        Tree tree = new Tree(log);
        assertThat(tree.reached(log.acts().get(0), "../x", true)).containsExactly(3L);
        assertThat(tree.reached(log.acts().get(1), "p/../../../x", true)).containsExactly(3L);
    }
}
