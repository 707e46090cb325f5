// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Plays files that move, and descriptors that are replaced, while an open runs. */
final class Moving extends Player {
    /** A move happens at one step in this many, on average. */
    private static final int RARITY = 3;
    /**
     * A move happens at one step in this many when moves never stop: often enough to tear a path, and seldom enough
     * that some paths stay whole.
     */
    private static final int SELDOM = 5;

    private static final int NAMES = 3;

    Moving(ActorProcesses processes) {
        super(processes);
    }

    /** A rename from one name to the next. */
    private record Rename(String from, String to) {}

    /**
     * Renames two directories above a descriptor in turns, while files below it are opened. Three of the nine pairs of
     * their names never exist; a tracer finds them when it reads across two renames.
     */
    Answer torn(CommandLine line) {
        String base = line.path("base");
        String between = "/between/these/two/";
        List<Rename> renames = new ArrayList<>();
        for (int i = 0; i < NAMES; i++) {
            int next = (i + 1) % NAMES;
            String upper = base + "/upper" + i;
            renames.add(new Rename(upper + between + "lower" + i, upper + between + "lower" + next));
            renames.add(new Rename(upper, base + "/upper" + next));
        }
        String directory = base + "/upper0" + between + "lower0";
        done(kernel.files().mkdirs(main, bytes(directory)));
        done(kernel.files().makeFile(main, bytes(directory + "/f"), 0644));
        return play(line, renames, opened(bytes(directory), OpenFlags.O_PATH), bytes("f"), false);
    }

    /** Moves the opened file or its directory within a call, and back after it. */
    Answer moved(CommandLine line) {
        String base = line.path("base");
        done(kernel.files().makeDirectory(main, bytes(base + "/dir"), 0755));
        done(kernel.files().makeFile(main, bytes(base + "/dir/f"), 0644));
        boolean file =
                line.how("no simulated file moves by ", "file", "directory").equals("file");
        Rename away = file ? new Rename(base + "/dir/f", base + "/dir/g") : new Rename(base + "/dir", base + "/moved");
        List<Rename> renames = List.of(away, new Rename(away.to(), away.from()));
        return play(line, renames, OpenFlags.AT_FDCWD, bytes(base + "/dir/f"), true);
    }

    /**
     * Opens one path again and again while another process renames.
     *
     * @param once whether the process renames once in a call, and renames back after the return
     */
    private Answer play(CommandLine line, List<Rename> renames, int dirfd, byte[] name, boolean once) {
        Task other = processes.fork();
        OpenFile file = file(main, dirfd, name, OpenFlags.O_PATH);
        int probe = main.group().descriptors().add(file);
        Set<String> places = new LinkedHashSet<>();
        places.add(placeOf(file));
        long path = ActorProcesses.path(main, name);
        Rounds rounds = new Rounds(processes, main);
        kernel.looksTakeSteps(true);
        for (int i = 0; i < line.integer("calls", 1); i++) {
            Call begun = kernel.begin(main, Syscall.OPENAT, dirfd, path, 0, 0);
            rounds.play(begun, (call, acts) -> {
                boolean mayMove = !once || (call.file() != null && acts == 0);
                boolean moves = mayMove && processes.random().nextInt(once ? RARITY : SELDOM) == 0;
                if (moves) {
                    move(other, renames.get(once ? 0 : rounds.acts() % renames.size()), file, places);
                }
                return moves;
            });
            if (once && rounds.isWon()) {
                move(other, renames.get(1), file, places);
            }
            rounds.opened(begun);
        }
        kernel.looksTakeSteps(false);
        processes.end(other.group());
        Answer answer = (once ? rounds.answer() : rounds.answer(rounds.acts()))
                .withFile(file.inode())
                .with("places", String.join(",", places));
        main.group().descriptors().close(probe);
        return answer;
    }

    private void move(Task other, Rename rename, OpenFile file, Set<String> places) {
        done(kernel.files().rename(other, bytes(rename.from()), bytes(rename.to())));
        places.add(placeOf(file));
    }

    /** Opens a file while another thread, which shares the table, puts another file behind the descriptor. */
    Answer swap(CommandLine line) {
        boolean reopens =
                line.how("no descriptor is replaced by ", "dup2", "reopen").equals("reopen");
        long pathOfA = ActorProcesses.path(main, line.bytes("a"));
        byte[] b = line.bytes("b");
        long pathOfB = ActorProcesses.path(main, b);
        int decoy = opened(b, 0);
        Task swapper = kernel.thread(main.group());
        Rounds rounds = new Rounds(processes, main);
        for (int i = 0; i < line.integer("calls", 1); i++) {
            Call begun = kernel.begin(main, Syscall.OPENAT, OpenFlags.AT_FDCWD, pathOfA, 0, 0);
            rounds.play(
                    begun,
                    call -> Rounds.isInstalled(call, main) && processes.random().nextInt(RARITY) != 0,
                    () -> replace(swapper, (int) begun.result(), decoy, reopens ? pathOfB : 0));
            rounds.opened(begun);
        }
        kernel.exit(swapper);
        main.group().descriptors().close(decoy);
        return rounds.answer();
    }

    private void replace(Task swapper, int fd, int decoy, long path) {
        if (path == 0) {
            main.group().descriptors().duplicate(decoy, fd);
        } else {
            main.group().descriptors().close(fd);
            processes.open(swapper, path, 0, 0);
        }
    }

    private int opened(byte[] path, long flags) {
        return main.group().descriptors().add(file(main, path, flags));
    }

    private String placeOf(OpenFile file) {
        return HexFormat.of().formatHex(file.resolve(main.fs()).path().toByteArray());
    }
}
