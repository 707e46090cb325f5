// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import java.util.List;
import java.util.Optional;

/** The corpus: every known way to deceive an observer of calls. */
public final class Attacks {
    private static final List<Attack> ALL = List.of(
            FlipAttacks.flip(),
            FlipAttacks.flipMissing(),
            FlipAttacks.flipConnect(),
            FlipAttacks.flipRefused(),
            FlipAttacks.flipHow(),
            FlipAttacks.ioUring(),
            FlipAttacks.ioUringWorker(),
            WindowAttacks.coldPage(),
            WindowAttacks.blocking(),
            WindowAttacks.restart(),
            WindowAttacks.rename(),
            WindowAttacks.dirfdSwap(),
            WindowAttacks.fdSwap(),
            StashAttacks.tidReuse(),
            StashAttacks.exec(),
            StashAttacks.lruReuse(),
            StashAttacks.stashFull(),
            StashAttacks.attach(),
            AssertionAttacks.sharedSocket(),
            AssertionAttacks.scope(),
            AssertionAttacks.socketcall(),
            AssertionAttacks.uringBatch(),
            AssertionAttacks.uringBatchConnect(),
            AssertionAttacks.lateNamespace(),
            AssertionAttacks.forgedSigsys(),
            AssertionAttacks.neverRan(),
            AssertionAttacks.tornPath(),
            AssertionAttacks.reset());

    private Attacks() {}

    /** All attacks, the simplest first. */
    public static List<Attack> all() {
        return ALL;
    }

    /** Returns the attack with a name. */
    public static Optional<Attack> named(String name) {
        return ALL.stream().filter(attack -> attack.name().equals(name)).findFirst();
    }
}
