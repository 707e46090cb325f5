// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import static org.assertj.core.api.Assertions.assertThat;

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
