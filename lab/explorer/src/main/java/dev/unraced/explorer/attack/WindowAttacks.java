// SPDX-License-Identifier: Apache-2.0
package dev.unraced.explorer.attack;

import static dev.unraced.explorer.attack.FlipAttacks.EVIL;
import static dev.unraced.explorer.attack.FlipAttacks.HARMLESS;
import static dev.unraced.explorer.attack.Moves.bytes;
import static dev.unraced.explorer.attack.Moves.dup2;
import static dev.unraced.explorer.attack.Moves.openat;
import static dev.unraced.explorer.attack.Moves.write;

import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.kernel.Signal;
import dev.unraced.sim.kernel.Task;

/** Attacks that widen the window between the observer's read and the kernel's, or change what a read finds. */
final class WindowAttacks {
    static final String PIPE = "/tmp/pipe";

    private WindowAttacks() {}

    static Attack coldPage() {
        return Attack.of("cold-page", "the path lies in a page that is not in memory", """
                An observer may not fault, so it cannot read the path at entry; the kernel can, and fetches the page. \
                Before the call returns, the path is harmless.""", setup -> {
            setup.file(EVIL);
            setup.file(HARMLESS);
            Task task = setup.process("caller");
            long path = setup.coldBuffer(task, EVIL);
            setup.flippedOpen(task, path, HARMLESS);
        });
    }

    static Attack blocking() {
        return Attack.of("blocking", "the open blocks for as long as the attacker likes", """
                The open of a FIFO waits for a writer. Meanwhile the path is rewritten at leisure; then a third thread \
                opens the other end.""", setup -> {
            setup.fifo(PIPE);
            setup.file(HARMLESS);
            Task task = setup.process("caller");
            long path = setup.buffer(task, PIPE);
            setup.flippedOpen(task, path, HARMLESS);
            setup.attacker("writer", setup.process("writer")).then(Moves.release(PIPE));
        });
    }

    static Attack restart() {
        return Attack.of("restart", "a signal restarts the call with another path", """
                A blocked open is interrupted by a signal whose handler has SA_RESTART: the kernel makes the call again, \
                and copies the path again. Each attempt is a call of its own.""", setup -> {
            setup.fifo(PIPE);
            setup.file(HARMLESS);
            Task task = setup.process("caller");
            long path = setup.buffer(task, PIPE);
            setup.flippedOpen(task, path, HARMLESS)
                    .then(Action.user("sends a signal", (kernel, self) -> kernel.signal(task, Signal.HANDLED_RESTART)));
        });
    }

    static Attack rename() {
        return Attack.of("rename", "the names of both files are swapped after the flip", """
                As flip, and the attacker swaps the names of the two files (RENAME_EXCHANGE), so that at the return the evil \
                file sits where the harmless path says, and nothing differs. MATCH would only say that it sits there now; \
                since the descriptor table is shared, an observer that goes by the descriptor does not even say that.""", setup -> {
            setup.file(EVIL);
            setup.file(HARMLESS);
            Task task = setup.process("caller");
            long path = setup.buffer(task, HARMLESS);
            setup.flippedOpen(task, path, EVIL)
                    .then(Action.user(
                            "swaps the names",
                            (kernel, self) -> kernel.files().exchange(self, bytes(EVIL), bytes(HARMLESS))))
                    .then(write("path", path, HARMLESS));
        });
    }

    static Attack dirfdSwap() {
        return Attack.of("dirfd-swap", "descriptors are swapped under the call", """
                The path is relative, and dup2 puts another directory behind its descriptor; then it puts a harmless file \
                behind the descriptor that the open is about to return. The thread that did it ends, so that nobody seems \
                to share the table any more.""", setup -> {
            setup.directory("/tmp/good");
            setup.directory("/tmp/bad");
            setup.file("/tmp/good/file");
            setup.file("/tmp/bad/file");
            Task task = setup.process("caller");
            int good = setup.opened(task, "/tmp/good", OpenFlags.O_PATH);
            int bad = setup.opened(task, "/tmp/bad", OpenFlags.O_PATH);
            int decoy = setup.opened(task, "/tmp/good/file", OpenFlags.O_RDONLY);
            long path = setup.buffer(task, "file");
            setup.caller("caller", task).then(openat("path", good, path));
            setup.attacker("swapper", setup.thread(task))
                    .then(dup2(bad, good))
                    .then(dup2(decoy, decoy + 1))
                    .then(ends());
        });
    }

    static Attack fdSwap() {
        return Attack.of("fd-swap", "a flip, confirmed by a forged descriptor", """
                As flip, and before the call returns dup2 puts the harmless file behind its descriptor, so that what an \
                observer finds there confirms the path. The thread that did it ends.""", setup -> {
            setup.file(EVIL);
            setup.file(HARMLESS);
            Task task = setup.process("caller");
            int decoy = setup.opened(task, HARMLESS, OpenFlags.O_RDONLY);
            long path = setup.buffer(task, HARMLESS);
            setup.flippedOpen(task, path, EVIL, HARMLESS)
                    .then(dup2(decoy, decoy + 1))
                    .then(ends());
        });
    }

    private static Action ends() {
        return Action.user("ends", (kernel, task) -> kernel.exit(task));
    }
}
