// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import dev.unraced.hunt.Program.Actor;
import dev.unraced.linux.OpenFlags;
import dev.unraced.natives.NativePart;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Makes a program from a seed; the same seed and kinds give the same program. */
final class Generator {
    private static final List<String> DIRECTORIES = List.of("", "a/", "a/p/", "a/p/q/", "b/", "b/p/", "b/p/q/", "c/");
    private static final List<String> FILES = List.of("x", "y", "z", "l");
    private static final String LONG_DIRECTORY = "c/" + "0".repeat(199) + "7/";
    private static final int MAX_ROUNDS = 800;
    private static final int MIN_ROUNDS = 20;
    /** A mount namespace takes some milliseconds to make and to end. */
    private static final int MAX_SLOW_ROUNDS = 24;

    /** A connect without an answer takes 15 milliseconds. */
    private static final int MAX_WAITING_ROUNDS = 120;

    private static final int MAX_PROCESSES = 6;
    private static final int SLOTS = 3;
    private static final int O_CREAT_WRONLY = (int) (OpenFlags.O_CREAT | OpenFlags.O_WRONLY);
    private static final boolean IS_X86 = NativePart.machine().equals("x86_64");

    private final SplittableRandom random;
    private final List<Kind> kinds;
    private final List<Actor> actors = new ArrayList<>();
    private final List<String> head = new ArrayList<>();
    private int processes;
    private boolean flips;
    private boolean slow;
    private boolean waits;
    /** Set when batches use kernel threads, with which the process then shares its descriptor table. */
    private boolean workers;

    private Generator(long seed, Set<Kind> kinds) {
        this.random = new SplittableRandom(seed);
        this.kinds = List.copyOf(kinds.stream().sorted().toList());
    }

    static Program program(long seed, Set<Kind> kinds) {
        return new Generator(seed, kinds).generate(seed);
    }

    private Program generate(long seed) {
        head.add("seed " + (seed & Long.MAX_VALUE));
        for (int slot = 0; slot < SLOTS; slot++) {
            head.add("slot " + slot + " kind=" + (slot == 2 ? pick("tcp4", "udp6", "udp4") : "udp4"));
        }
        int rounds = random.nextInt(MIN_ROUNDS, MAX_ROUNDS);
        int count = random.nextInt(1, 4);
        for (int i = 0; i < count && processes < MAX_PROCESSES - 1; i++) {
            add(kinds.get(random.nextInt(kinds.size())));
        }
        if (flips) {
            actor(newProcess(), " disturb", List.of("flip"));
        }
        if (slow) {
            rounds = Math.min(rounds, MAX_SLOW_ROUNDS);
        }
        if (waits) {
            rounds = Math.min(rounds, MAX_WAITING_ROUNDS);
        }
        return new Program(
                head, rounds, actors.size() > Program.MAX_ACTORS ? actors.subList(0, Program.MAX_ACTORS) : actors);
    }

    private void add(Kind kind) {
        switch (kind) {
            case FILES -> files();
            case DESCRIPTORS -> descriptors();
            case SOCKETS -> sockets();
            case RINGS -> {
                workers = chance(30);
                actor(newProcess(), "", ops(1, 4, this::renewed));
            }
            case NAMESPACES -> namespaces();
            case REFUSALS -> refusals();
            case SOCKETCALL -> socketcall();
            case SCOPES -> scopes();
            case SIGNALS -> signals();
            case RIGHTS -> rights();
            case FASTOPEN -> fastopen();
            case RENAMES -> renames();
            case DISCONNECTS -> disconnects();
            case EXECS -> execs();
            case SILENCE -> silence();
            case SHARED_RINGS -> sharedRings();
            case RESOLVES -> resolves();
            case DEFERRALS -> deferrals();
        }
    }

    // ---- kinds

    private void files() {
        if (chance(25)) {
            torn();
            return;
        }
        actor(newProcess(), "", withCwd(ops(1, 6, this::open)));
        if (chance(70)) {
            actor(newProcess(), " disturb", ops(1, 4, this::change));
        } else if (chance(50)) {
            String over = pick("a", "a/p", "b", "c");
            actor(
                    newProcess(),
                    " disturb",
                    List.of(
                            "change what=bind path=" + pick("a", "b", "b/p", "c") + " other=" + over,
                            "pause value=" + random.nextInt(20, 300),
                            "change what=umount path=" + over));
        }
    }

    /** Directories above the file are renamed while the path to it is read. */
    private void torn() {
        actor(
                newProcess(),
                "",
                ops(
                        1,
                        2,
                        () -> "open call=" + pick("openat", "openat2") + " from=dir3 path="
                                + pick("x", "y", "q/x", "q/z") + " flags=" + pick("0", "0x200000")));
        actor(
                newProcess(),
                " disturb",
                List.of(
                        "change what=rename path=a other=secret-directory",
                        "change what=rename path=secret-directory/p other=secret-directory/information",
                        "change what=rename path=secret-directory other=a",
                        "change what=rename path=a/information other=a/p"));
    }

    private void descriptors() {
        String share = chance(40) ? " files" : "";
        int process = newProcess();
        actor(process, share, ops(1, 4, this::open));
        int other = share.isEmpty() ? process : newProcess();
        actor(other, share + (chance(80) ? " disturb" : ""), ops(1, 3, this::descriptor));
        if (chance(40)) {
            actor(process, share, ops(1, 3, () -> chance(50) ? open() : batch()));
        }
    }

    private void sockets() {
        actor(newProcess(), "", ops(1, 4, this::connect));
        if (chance(80)) {
            int slot = random.nextInt(2);
            actor(
                    newProcess(),
                    chance(50) ? "" : " disturb",
                    chance(50)
                            ? ops(1, 4, this::connect)
                            : List.of("connect slot=" + slot + " value=64 to=" + inet(), connect()));
        }
    }

    private void namespaces() {
        slow = true;
        List<String> ops = new ArrayList<>();
        if (chance(50)) {
            ops.add(waiting());
        }
        ops.add(chance(80) ? "change what=unshare" : "change what=chdir value=" + random.nextInt(-1, 4));
        String below = pick("a", "b", "a/p", "b/p", "c");
        boolean binds = ops.get(ops.size() - 1).contains("unshare") && chance(80);
        if (binds) {
            ops.add("change what=bind path=" + pick("a", "b", "a/p", "b/p", "c") + " other=" + below);
        }
        if (chance(40)) {
            astray(ops);
        }
        // An open that takes the request's descriptor in between leaves the judge without the request's file.
        if (chance(50)) {
            ops.add("reap");
        }
        ops.addAll(ops(1, 3, this::open));
        ops.add("reap");
        if (chance(30)) {
            ops.add("change what=chroot value=" + random.nextInt(4));
            ops.addAll(ops(1, 2, this::open));
            ops.add("change what=chroot value=-1");
        }
        if (chance(30)) {
            ops.add(batch());
        }
        ops.add("change what=setns");
        actor(newProcess(), "", ops);
    }

    /** Opens of a fifo without a reader fail; where it is hidden, the error tells the namespace. */
    private void astray(List<String> ops) {
        ops.add("change what=bind path=b other=w");
        ops.add("astray call=" + pick("open", "openat", "openat2") + " via=" + entry() + " path=w/f flags="
                + (OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK) + " value=" + random.nextInt(1, 64));
        ops.add("change what=umount path=w");
    }

    private void refusals() {
        switch (random.nextInt(5)) {
            case 0 -> actor(newProcess(), " pend fill=257", ops(1, 3, () -> openBy("openat", "native")));
            case 1 -> actor(newProcess(), " pend fill=437", ops(1, 3, () -> openBy("openat2", "native")));
            case 2 ->
                actor(newProcess(), "", ops(1, 2, () -> "emulate path=" + path() + " value=" + descriptorNumber()));
            default ->
                actor(
                        newProcess(),
                        " refuse=" + pick("errno", "trap", "notify", "addfd") + " answer=" + descriptorNumber(),
                        ops(1, 4, this::refusable));
        }
    }

    private void signals() {
        slow = true;
        int interrupted = actors.size();
        List<String> ops = ops(0, 2, this::open);
        ops.add("open call=" + pick("open", "openat", "openat2") + " via=" + entry() + " path=f flags=0");
        ops.addAll(ops(0, 2, this::open));
        actor(newProcess(), "", ops);
        actor(
                newProcess(),
                " disturb",
                List.of(
                        "signal value=" + interrupted + (chance(40) ? " restart" : ""),
                        "pause value=" + random.nextInt(20, 300),
                        "signal value=" + interrupted,
                        "pause value=" + random.nextInt(20, 300)));
    }

    private void socketcall() {
        if (!IS_X86) {
            return;
        }
        flips = true;
        actor(newProcess(), "", ops(1, 3, () -> "pair kind=udp4 via=socketcall flip-block to=" + inet()));
    }

    private void scopes() {
        flips = true;
        actor(
                newProcess(),
                "",
                ops(
                        1,
                        3,
                        () -> "connect kind=udp6 via=" + pick("native", "ia32")
                                + " to=6/fe80::1/2001/hunt0 or=6/fe80::1/2001/hunt1 flip-address"));
    }

    /** The sender sends its socket before its connects or by a second thread, so that the receiver acts in mid-call. */
    private void rights() {
        int sender = newProcess();
        int receiver = newProcess();
        int slot = random.nextInt(3);
        boolean threads = chance(30);
        String send = "send slot=" + slot + " value=" + receiver;
        List<String> ops = new ArrayList<>();
        ops.add("socket slot=" + slot);
        if (!threads) {
            ops.add(send);
        }
        ops.addAll(ops(1, 3, () -> connectSlot(slot)));
        actor(sender, "", ops);
        if (threads) {
            actor(sender, " disturb", chance(70) ? List.of(send) : List.of(send, "send number=3 value=" + receiver));
        }
        actor(
                receiver,
                " disturb",
                ops(
                        1,
                        3,
                        () -> "receive value=1"
                                + pick(
                                        " to=" + peer(slot),
                                        " to=" + peer(slot) + " via=" + entry(),
                                        " slot=" + slot,
                                        " to=x",
                                        "")));
        if (chance(50)) {
            actor(receiver, "", ops(1, 3, () -> chance(60) ? connectSlot(slot) : open()));
        }
        if (chance(20)) {
            actor(receiver, " disturb", List.of("receive value=1 number=" + descriptorNumber()));
        }
    }

    private void fastopen() {
        waits = true;
        int owner = newProcess();
        head.set(SLOTS, "slot 2 kind=tcp4");
        List<String> ops = new ArrayList<>();
        ops.add(chance(70) ? "socket slot=2" : "connect slot=2 to=x");
        ops.addAll(ops(1, 2, this::waitingConnect));
        actor(owner, "", ops);
        actor(
                newProcess(),
                " disturb",
                ops(
                        1,
                        2,
                        () -> "fastopen slot=2 value=" + (chance(80) ? owner : -1) + (chance(40) ? " by-ring" : "")
                                + " to=4/10.9.2.1/2001"));
    }

    /** A socket of TCP waits while it has a link-local address, or one of IPv6 is connected to an address of IPv4. */
    private void renames() {
        boolean scopes = chance(60);
        waits |= scopes;
        boolean own = scopes && chance(50);
        head.add("slot " + SLOTS + " kind=" + (own ? "link6" : scopes || chance(50) ? "tcp6" : "udp6"));
        int owner = newProcess();
        List<String> ops = ops(
                1,
                2,
                () -> "connect slot=" + SLOTS + " via=" + entry() + " to="
                        + (own
                                ? "6/fd00::1/2003"
                                : scopes
                                        ? "6/fe80::1/2003/hunt" + random.nextInt(2)
                                        : "6/::ffff:10.9." + random.nextInt(1, 3) + ".1/2001"));
        ops.add(0, "socket slot=" + SLOTS);
        actor(owner, "", ops);
        int of = chance(80) ? owner : -1;
        List<String> renaming = new ArrayList<>();
        renaming.add((scopes ? "rebind" : "reform") + " slot=" + SLOTS + " value=" + of);
        if (scopes) {
            renaming.add("pause value=" + random.nextInt(1_000, 12_000));
        }
        actor(of < 0 ? owner : newProcess(), " disturb", renaming);
    }

    private void disconnects() {
        int slot = random.nextInt(3);
        if (slot == 2) {
            waits = true;
            head.set(SLOTS, "slot 2 kind=tcp4");
        }
        int owner = newProcess();
        List<String> ops = ops(1, 4, () -> slot == 2 ? waitingConnect() : connectSlot(slot));
        List<String> others = ops(
                1,
                3,
                () -> chance(60)
                        ? "connect via=" + entry() + " slot=" + slot + " to=x"
                        : slot == 2 ? waitingConnect() : connectSlot(slot));
        // A fresh socket has one holder until another process takes it.
        if (chance(50)) {
            ops.add(0, "socket slot=" + slot);
            others.add(0, "steal slot=" + slot + " value=" + owner);
        }
        actor(owner, "", ops);
        actor(newProcess(), chance(50) ? "" : " disturb", others);
    }

    private void execs() {
        slow = true;
        int process = newProcess();
        List<String> ops = new ArrayList<>(ops(1, 3, this::openOrConnect));
        if (chance(50)) {
            ops.add("exec");
            ops.addAll(ops(1, 3, this::openOrConnect));
            actor(process, "", ops);
            return;
        }
        boolean blocks = chance(40);
        if (blocks) {
            ops.add(
                    chance(50)
                            ? "open call=openat path=f flags=0"
                            : "connect kind=tcp4 via=" + entry() + " to=4/10.9.1.1/2003");
        }
        boolean first = chance(70);
        if (first) {
            actor(process, " disturb", ops);
        }
        List<String> executing = new ArrayList<>(ops(0, 2, this::openOrConnect));
        executing.add("pause value=" + random.nextInt(1, 400));
        executing.add("exec");
        executing.addAll(ops(1, 3, this::openOrConnect));
        actor(process, "", executing);
        if (!first) {
            actor(process, " disturb", ops);
        }
    }

    private void silence() {
        workers = chance(30);
        List<String> ops = ops(1, 4, this::quietBatch);
        if (chance(30)) {
            ops.add("socket slot=1");
        }
        actor(newProcess(), "", ops);
        if (chance(40)) {
            actor(newProcess(), " disturb", ops(1, 3, this::connect));
        }
    }

    private void sharedRings() {
        int process = newProcess();
        actor(process, "", ops(1, 3, this::sharedBatch));
        boolean other = chance(60);
        if (other) {
            actor(newProcess(), chance(30) ? " disturb" : "", ops(1, 3, this::sharedBatch));
        }
        if (!other || chance(60)) {
            actor(chance(50) ? process : newProcess(), " disturb", List.of("await"));
        }
    }

    private void resolves() {
        int process = newProcess();
        List<String> ops = new ArrayList<>();
        ops.add("change what=chdir value=" + random.nextInt(-1, 4));
        boolean moves = chance(30);
        if (moves) {
            slow = true;
            ops.add(chance(50) ? "change what=unshare" : "change what=chroot value=" + random.nextInt(4));
        }
        ops.addAll(ops(1, 5, this::resolving));
        if (chance(40)) {
            ops.add("ring | " + resolvingRequest() + " | " + resolvingRequest());
        }
        if (moves) {
            ops.add("change what=chroot value=-1");
            ops.add("change what=setns");
        }
        actor(process, "", ops);
        actor(newProcess(), " disturb", ops(2, 4, () -> chance(70) ? rootLink() : change()));
    }

    /** Work of such a ring waits until the thread that submitted it enters the kernel for completions. */
    private void deferrals() {
        slow = chance(30);
        List<String> ops = new ArrayList<>();
        ops.add("change what=chdir value=" + random.nextInt(-1, 4));
        if (slow) {
            ops.add("change what=unshare");
        }
        ops.addAll(ops(1, 3, this::deferredBatch));
        if (chance(60)) {
            ops.add("ring deferred no-wait | " + deferredRequest() + " | " + deferredRequest());
            ops.add(chance(50) ? openOrConnect() : "change what=chdir value=" + random.nextInt(-1, 4));
            ops.add("reap");
        }
        if (slow) {
            ops.add("change what=setns");
        }
        actor(newProcess(), "", ops);
        if (chance(50)) {
            actor(newProcess(), " disturb", ops(1, 3, () -> chance(50) ? change() : connect()));
        }
    }

    // ---- ops

    private String deferredBatch() {
        return batch().replace(" sqpoll", "").replace("ring", "ring deferred");
    }

    private String deferredRequest() {
        return chance(50) ? resolvingRequest() : request();
    }

    /** Makes an openat2 that resolves its path in its own way; no absolute path is below the root that it takes. */
    private String resolving() {
        String resolve = pick("16", "16", "16", "8", "4", "2", "1", "32", "18", "48");
        StringBuilder op = new StringBuilder("open call=openat2 via=").append(entry());
        String path = pick("x", "l", "k", "p/x", "p/k", "../x", "p/../../x", "/x", "/k", "/p/x", "/../x");
        op.append(" from=").append(chance(60) ? "dir" + random.nextInt(4) : "cwd");
        op.append(" path=").append(path);
        if (path.endsWith("x") && chance(30)) {
            flips = true;
            op.append(" other=").append(path, 0, path.length() - 1).append("y flip-path");
        }
        boolean leavesTree = path.startsWith("/") && !resolve.equals("16") && !resolve.equals("18");
        return op.append(" flags=")
                .append(pick("0", "0", "0x800", "0x200000"))
                .append(" resolve=")
                .append(leavesTree ? "16" : resolve)
                .toString();
    }

    /** The flags of a request carry its number. */
    private String resolvingRequest() {
        return resolving().replaceFirst(" flags=\\S+", "");
    }

    private String rootLink() {
        return "change what=symlink path=" + pick("", "a/", "a/p/", "b/", "c/") + "k other="
                + pick("/x", "/p/x", "/k", "x", "../x", "/../y", "/l");
    }

    private String sharedBatch() {
        return batch().replace("ring", "ring shared").replace(" sqpoll", "");
    }

    /** Some requests ask for silence, or the ring has little room, or both. */
    private String quietBatch() {
        boolean small = chance(50);
        String op = batch();
        if (small) {
            op = op.replace(" sqpoll", "").replace("ring", "ring small");
        }
        if (small && chance(50)) {
            return op;
        }
        StringBuilder quiet = new StringBuilder();
        for (String part : op.split(" \\| ", 0)) {
            boolean first = quiet.isEmpty();
            quiet.append(first ? "" : " | ").append(part).append(!first && chance(50) ? " skip" : "");
        }
        return chance(10) ? quiet.toString().replaceFirst("ring", "ring no-wait") : quiet.toString();
    }

    private String openOrConnect() {
        return chance(60) ? open() : connectSlot(random.nextInt(2));
    }

    /** Makes a connect of a slot's socket, which is a datagram or TCP socket. */
    private String connectSlot(int slot) {
        StringBuilder op = new StringBuilder("connect via=").append(socketEntry());
        op.append(" slot=").append(slot).append(" to=").append(peer(slot));
        if (slot != 2 && chance(30)) {
            flips = true;
            op.append(" or=").append(inet()).append(" flip-address");
        }
        return op.toString();
    }

    private String peer(int slot) {
        if (slot != 2) {
            return inet();
        }
        return head.get(SLOTS).endsWith("udp6")
                ? "6/fe80::1/2001/hunt" + random.nextInt(2)
                : pick("4/10.9.1.1/2001", "4/10.9.2.1/2001", "4/10.9.1.1/2002");
    }

    /** Makes a TCP connect, mostly to a listener that never answers. */
    private String waitingConnect() {
        StringBuilder op = new StringBuilder("connect via=").append(entry());
        op.append(" slot=2 to=").append(chance(80) ? "4/10.9.1.1/2003" : "4/10.9.1.1/2001");
        if (chance(30)) {
            flips = true;
            op.append(" or=4/10.9.1.1/2001 flip-address");
        }
        return op.toString();
    }

    private String open() {
        return openBy(pick("open", "openat", "openat", "openat2", "creat"), entry());
    }

    private String openBy(String call, String via) {
        StringBuilder op =
                new StringBuilder("open call=").append(call).append(" via=").append(via);
        boolean relative = chance(30);
        if (call.equals("creat") || (call.startsWith("open") && chance(10))) {
            return op.append(" path=n/ flags=")
                    .append(O_CREAT_WRONLY)
                    .append(" mode=0600")
                    .toString();
        }
        boolean hasDirectory = call.equals("openat") || call.equals("openat2");
        if (relative) {
            op.append(" from=").append(hasDirectory && chance(60) ? "dir" + random.nextInt(4) : "cwd");
        }
        appendPath(op, relative);
        op.append(" flags=").append(pick("0", "0", "0", "0x800", "0x200000", "0x400"));
        op.append(" mode=").append(pick("0", "0644", "0123"));
        if (call.equals("openat2") && chance(30)) {
            flips = true;
            op.append(" flip-how");
            return op.toString()
                    .replace(" flip-path", "")
                    .replace(" mode=0644", "")
                    .replace(" mode=0123", "");
        }
        if (call.equals("openat2")) {
            return op.toString().replace(" mode=0644", "").replace(" mode=0123", "");
        }
        return op.append(chance(10) ? " gone" : "").toString();
    }

    private void appendPath(StringBuilder op, boolean relative) {
        String directory = relative ? pick("", "", "p/", "../") : DIRECTORIES.get(random.nextInt(DIRECTORIES.size()));
        if (!relative && chance(10)) {
            directory = pick(LONG_DIRECTORY, "a/../b/", "a//p/", "b/./p/");
        }
        String file = FILES.get(random.nextInt(FILES.size()));
        op.append(" path=").append(directory).append(file);
        if (chance(40)) {
            String other = directory + pick("x", "y", "l");
            if (directory.startsWith("a/") && chance(40)) {
                other = "b" + directory.substring(1) + file;
            }
            if (!other.equals(directory + file)) {
                flips = true;
                op.append(" other=").append(other).append(" flip-path");
            }
        }
    }

    private String refusable() {
        String refused = chance(60) ? " mode=0645 refused" : "";
        return chance(80)
                ? "open call=openat path=" + path() + refused
                : "connect kind=udp4 to=" + inet() + (refused.isEmpty() ? "" : " refused");
    }

    private String change() {
        String one = DIRECTORIES.get(random.nextInt(DIRECTORIES.size()));
        return switch (random.nextInt(8)) {
            case 0 -> "change what=exchange path=a other=b";
            case 1 -> "change what=exchange path=a/p other=b/p";
            case 2 -> "change what=exchange path=" + one + "x other=" + one + "y";
            case 3 ->
                "change what=rename path=" + pick("a", "secret-directory") + " other=" + pick("secret-directory", "a");
            case 4 -> "change what=rename path=a/" + pick("p", "info") + " other=a/" + pick("info", "p");
            case 5 ->
                "change what=" + pick("link path=" + one + "x other=" + one + "k", "unlink path=" + one + "k other=");
            case 6 -> "change what=symlink path=" + one + "l other=" + pick("x", "y", "z");
            default -> "change what=rename path=" + one + pick("x", "w") + " other=" + one + pick("w", "x");
        };
    }

    private String descriptor() {
        return (chance(60) ? "dup2 slot=" + random.nextInt(-1, 2) : "close") + " value=" + descriptorNumber();
    }

    private String connect() {
        int choice = random.nextInt(10);
        if (choice == 0) {
            return "socket slot=" + random.nextInt(2);
        }
        if (choice == 1) {
            return "steal slot=" + random.nextInt(2) + " value=" + random.nextInt(Math.max(1, processes));
        }
        if (choice == 2) {
            return pick(
                    "connect kind=tcp4 to=4/10.9.1.1/2001 via=" + entry(),
                    "connect kind=tcp4 to=4/10.9.1.1/2002",
                    "connect kind=unix to=u/s1 via=" + entry(),
                    "connect kind=unixd to=u/d2",
                    "connect kind=netlink to=n/0/0",
                    "connect kind=udp4 to=x");
        }
        StringBuilder op = new StringBuilder("connect via=").append(socketEntry());
        op.append(chance(80) ? " slot=" + random.nextInt(2) : " kind=udp4")
                .append(" to=")
                .append(inet());
        if (chance(40)) {
            flips = true;
            op.append(" or=").append(inet()).append(" flip-address");
        }
        return op.append(chance(10) ? " gone" : "").toString();
    }

    /** Makes a batch, or renews the socket of slot 1, which a batch may have closed. */
    private String renewed() {
        return chance(20) ? "socket slot=1" : batch();
    }

    private String batch() {
        StringBuilder op = new StringBuilder("ring");
        boolean polled = workers && chance(30);
        if (polled) {
            op.append(" sqpoll");
        }
        int count = random.nextInt(2, 7);
        for (int i = 0; i < count; i++) {
            op.append(" | ").append(request());
            if (chance(20)) {
                op.append(" link");
            }
            if (workers && chance(20)) {
                op.append(" async");
            }
        }
        return op.toString();
    }

    private String request() {
        int choice = random.nextInt(10);
        if (choice < 5) {
            return "open call=" + pick("openat", "openat2") + " path=" + path() + (chance(10) ? " direct" : "");
        }
        if (choice < 7) {
            return "close" + (chance(10) ? " slot=1" : " value=" + random.nextInt(2));
        }
        if (choice < 9) {
            return "connect slot=" + random.nextInt(2) + " to=" + inet() + (chance(20) ? " fixed" : "");
        }
        return "nop";
    }

    /**
     * Makes a batch whose open resolves its path after a timeout, some of them only after an unshare and a bind mount.
     */
    private String waiting() {
        int micros = chance(50) ? random.nextInt(300, 3000) : random.nextInt(5_000, 40_000);
        return "ring no-wait | timeout value=" + micros + " link | open call=openat path=" + path()
                + (chance(30) ? " async" : "");
    }

    private List<String> withCwd(List<String> ops) {
        List<String> all = new ArrayList<>();
        all.add("change what=chdir value=" + random.nextInt(-1, 4));
        all.addAll(ops);
        return all;
    }

    // ---- choices

    private interface Op {
        String make();
    }

    private List<String> ops(int least, int most, Op op) {
        List<String> ops = new ArrayList<>();
        int count = random.nextInt(least, most + 1);
        for (int i = 0; i < count; i++) {
            ops.add(op.make());
        }
        return ops;
    }

    private void actor(int process, String properties, List<String> ops) {
        actors.add(new Actor("actor process=" + process + properties, ops));
    }

    private int newProcess() {
        return processes < MAX_PROCESSES ? processes++ : random.nextInt(MAX_PROCESSES);
    }

    private String path() {
        return DIRECTORIES.get(random.nextInt(DIRECTORIES.size())) + FILES.get(random.nextInt(FILES.size()));
    }

    private String inet() {
        return "4/10.9." + random.nextInt(1, 3) + ".1/" + random.nextInt(1000, 1004);
    }

    private String entry() {
        return IS_X86 && chance(30) ? "ia32" : "native";
    }

    private String socketEntry() {
        return IS_X86 && chance(10) ? "socketcall" : entry();
    }

    private int descriptorNumber() {
        return random.nextInt(3, 6);
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
