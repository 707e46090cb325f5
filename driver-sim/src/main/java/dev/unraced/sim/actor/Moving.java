// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.actor;

import dev.unraced.event.Abi;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.fs.Inode;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.fs.OpenRequest;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Kernel;
import dev.unraced.sim.kernel.Task;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plays files that move, and descriptors that are replaced, while an open runs. */
final class Moving {
    /** A move happens at one step in this many, on average. */
    private static final int RARITY = 3;
    /**
     * A move happens at one step in this many when moves never stop: often enough to tear a path, and seldom enough
     * that some paths stay whole.
     */
    private static final int SELDOM = 5;

    private static final int NAMES = 3;

    private final ActorProcesses processes;
    private final Kernel kernel;
    private final Task main;

    Moving(ActorProcesses processes) {
        this.processes = processes;
        this.kernel = processes.kernel();
        this.main = processes.main();
    }

    /** A rename from one name to the next. */
    private record Rename(String from, String to) {}

    /**
     * Renames two directories above a descriptor in turns, while files below it are opened. Three of the nine pairs of
     * their names never exist; a tracer finds them when it reads across two renames.
     */
    Answer torn(CommandLine line) {
        String base = new String(line.bytes("base"), StandardCharsets.ISO_8859_1);
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
        String base = new String(line.bytes("base"), StandardCharsets.ISO_8859_1);
        done(kernel.files().makeDirectory(main, bytes(base + "/dir"), 0755));
        done(kernel.files().makeFile(main, bytes(base + "/dir/f"), 0644));
        boolean file = switch (String.valueOf(line.text("how"))) {
            case "file" -> true;
            case "directory" -> false;
            default -> throw new RefusedException("unsupported: no simulated file moves by " + line.text("how"));
        };
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
        int probe = probe(dirfd, name);
        OpenFile file = Objects.requireNonNull(main.descriptor(probe));
        Set<String> places = new LinkedHashSet<>();
        places.add(placeOf(file));
        long path = ActorProcesses.path(main, name);
        StringBuilder truth = new StringBuilder();
        int moves = 0;
        int won = 0;
        kernel.looksTakeSteps(true);
        for (int i = 0; i < line.integer("calls", 1); i++) {
            processes.countBegun();
            Call call = kernel.begin(main, Syscall.OPENAT, Abi.NATIVE, dirfd, path, 0, 0);
            int before = moves;
            while (main.call() != null) {
                boolean mayMove = !once || (call.file() != null && moves == before);
                if (mayMove && processes.random().nextInt(once ? RARITY : SELDOM) == 0) {
                    move(other, renames.get(moves++ % renames.size()), file, places);
                } else {
                    kernel.step(main);
                }
            }
            processes.countEnded();
            if (once && moves > before) {
                won++;
                move(other, renames.get(moves++ % renames.size()), file, places);
            }
            truth.append(call.result() >= 0 ? 'a' : 'x');
            if (call.result() >= 0) {
                main.group().descriptors().close((int) call.result());
            }
        }
        kernel.looksTakeSteps(false);
        processes.end(other.group());
        Inode inode = file.inode();
        Answer answer = new Answer()
                .with("tid", main.tid())
                .with("won", once ? won : moves)
                .with("truth", truth)
                .with("major", inode.superBlock().major())
                .with("minor", inode.superBlock().minor())
                .with("inode", inode.number())
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
        boolean reopens = switch (String.valueOf(line.text("how"))) {
            case "dup2" -> false;
            case "reopen" -> true;
            default -> throw new RefusedException("unsupported: no descriptor is replaced by " + line.text("how"));
        };
        long pathOfA = ActorProcesses.path(main, line.bytes("a"));
        byte[] b = line.bytes("b");
        long pathOfB = ActorProcesses.path(main, b);
        int decoy = opened(b, 0);
        Task swapper = kernel.thread(main.group());
        StringBuilder truth = new StringBuilder();
        int won = 0;
        for (int i = 0; i < line.integer("calls", 1); i++) {
            processes.countBegun();
            Call call = kernel.begin(main, Syscall.OPENAT, Abi.NATIVE, OpenFlags.AT_FDCWD, pathOfA, 0, 0);
            boolean isSwapped = false;
            while (main.call() != null) {
                int fd = (int) call.result();
                boolean isThere = call.isIssued() && fd >= 0 && main.descriptor(fd) != null;
                if (isThere && !isSwapped && processes.random().nextInt(RARITY) != 0) {
                    isSwapped = true;
                    replace(swapper, fd, decoy, reopens ? pathOfB : 0);
                } else {
                    kernel.step(main);
                }
            }
            processes.countEnded();
            won += isSwapped ? 1 : 0;
            truth.append(call.result() >= 0 ? 'a' : 'x');
            main.group().descriptors().close((int) call.result());
        }
        kernel.exit(swapper);
        main.group().descriptors().close(decoy);
        return new Answer().with("tid", main.tid()).with("won", won).with("truth", truth);
    }

    private void replace(Task swapper, int fd, int decoy, long path) {
        if (path == 0) {
            main.group().descriptors().duplicate(decoy, fd);
        } else {
            main.group().descriptors().close(fd);
            processes.openat(swapper, path, 0);
            processes.run(swapper);
        }
    }

    private int probe(int dirfd, byte[] name) {
        return add(kernel.files()
                .open(main, dirfd, name, new OpenRequest(OpenFlags.O_PATH, 0, 0))
                .file());
    }

    private int opened(byte[] path, long flags) {
        return add(kernel.files()
                .open(main, OpenFlags.AT_FDCWD, path, new OpenRequest(flags, 0, 0))
                .file());
    }

    private int add(@Nullable OpenFile file) {
        if (file == null) {
            throw new RefusedException("a file cannot be opened");
        }
        return main.group().descriptors().add(file);
    }

    private String placeOf(OpenFile file) {
        return HexFormat.of().formatHex(file.resolve(main.fs()).path().toByteArray());
    }

    private static void done(int result) {
        if (result < 0) {
            throw new RefusedException("errno " + -result);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
