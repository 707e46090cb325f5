// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import static dev.unraced.linux.OpenFlags.O_APPEND;
import static dev.unraced.linux.OpenFlags.O_CREAT;
import static dev.unraced.linux.OpenFlags.O_EXCL;
import static dev.unraced.linux.OpenFlags.O_LARGEFILE;

import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenHow;
import dev.unraced.event.OpenedFile;
import dev.unraced.event.Provenance;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Judges what an event says of an open. */
final class OpenJudge {
    /** All flags but O_LARGEFILE and those with which the acting program tags requests. */
    private static final long UNTAGGED = ~(0400L | 02000000L | 04000L | 02000L | O_LARGEFILE);

    /** The base of a path below a directory's descriptor. */
    private static final int DESCRIPTOR = 2;

    private static final String OWN_NAMES = "n/";
    /** Several actors create this file and remove it. */
    private static final String COMMON_NAME = "n/common";

    private final ActLog log;
    private final Tree tree;
    private final Verdict verdict;

    OpenJudge(ActLog log, Tree tree, Verdict verdict) {
        this.log = log;
        this.tree = tree;
        this.verdict = verdict;
    }

    void judge(Check check, Act act, OpenEvent event) {
        judgeArguments(check, act, event);
        if (act.result() < 0) {
            if (event.file().isPresent()) {
                check.lie("file", event.file().get(), "none, the call failed");
            }
            judgeStart(check, act, event);
            return;
        }
        compareWitnesses(act);
        Reached reached = reached(act);
        judgeFile(check, act, event, reached);
        judgeMatch(check, act, event, reached);
    }

    // ---- arguments

    private void judgeArguments(Check check, Act act, OpenEvent event) {
        check.equal("dirfd", event.dirfd(), act.line().integer("dir"));
        if (event.path().isPresent()) {
            Set<String> passed =
                    act.paths().stream().map(path -> passed(act, path)).collect(Collectors.toSet());
            check.oneOf("path", event.path().value().toUtf8(), passed);
        }
        boolean flips = act.paths().size() > 1;
        if (event.path().integrity() == Integrity.CHANGED && !flips) {
            check.lie("path_integrity", Integrity.CHANGED, "an unchanged path");
        }
        if (act.isRequest()) {
            check.equal(
                    "open_flags",
                    event.how().value().flags() & UNTAGGED,
                    act.line().number("flags") & UNTAGGED);
        } else if (event.how().isPresent()) {
            judgeHow(check, act, event);
        }
    }

    private void judgeHow(Check check, Act act, OpenEvent event) {
        OpenHow how = event.how().value();
        long flags = act.line().number("flags");
        boolean flips = act.line().number("how") != 0;
        boolean isOpenat2 = act.call().equals("openat2");
        long said = isOpenat2 ? how.flags() & ~O_LARGEFILE : how.flags();
        Set<Long> passed = new HashSet<>(Set.of(flags));
        if (flips) {
            passed = Set.of(flags | O_APPEND, flags & ~O_APPEND);
        }
        check.oneOf("open_flags", said, passed);
        check.equal("mode", how.mode(), act.line().number("mode"));
        check.equal("resolve", how.resolve(), isOpenat2 ? act.line().number("resolve") : 0L);
        if (event.how().integrity() == Integrity.CHANGED && !flips) {
            check.lie("how_integrity", Integrity.CHANGED, "an unchanged how");
        }
        boolean asserted =
                event.how().integrity() == Integrity.MATCH || event.how().provenance() == Provenance.KERNEL;
        if (flips && asserted && act.inode() != null && !isReplaced(act)) {
            check.equal("open_flags, kept", said & O_APPEND, act.line().number("fl") & O_APPEND);
        }
    }

    /** Returns the path that the acting program passed. */
    private String passed(Act act, String path) {
        return act.base() == 0 ? log.base() + "/" + path : path;
    }

    /** The path started in the namespace that the event names, or FOREIGN_MOUNT_NS is set: no file shows it. */
    private void judgeStart(Check check, Act act, OpenEvent event) {
        if (event.path().value().isEmpty()) {
            return;
        }
        long told = act.line().number("sns");
        if (told != 0 && !check.isMarked(EventFlag.FOREIGN_MOUNT_NS)) {
            check.equal("mount_ns", event.caller().mountNamespace(), told);
        } else if (told == 0 && tree.startsElsewhere(act)) {
            // A thread that shares the descriptors can replace that of the directory.
            boolean marked = check.isMarked(EventFlag.FOREIGN_MOUNT_NS)
                    || (act.base() == DESCRIPTOR && check.isMarked(EventFlag.FD_TABLE_SHARED));
            if (!marked) {
                check.lie("mount_ns", event.caller().mountNamespace(), "a path that starts in another one");
            }
        }
    }

    // ---- the file

    /** Inode numbers that the opened file can have; null if they are unknown. */
    private record Reached(@Nullable Set<Long> nodes) {}

    private boolean isReplaced(Act act) {
        return log.isReplaced(act.table(), act.result(), act.begin(), act.looked());
    }

    /** The kernel's witness and the descriptor must agree, unless another thread replaced the descriptor. */
    private void compareWitnesses(Act act) {
        Long own = act.inode();
        if (!act.seen().isEmpty()) {
            verdict.testify();
            if (own != null && !isReplaced(act) && own != Long.parseLong(act.seen())) {
                throw new HuntException("The witness saw inode " + act.seen() + ", the descriptor " + own + ": " + act);
            }
        }
    }

    private Reached reached(Act act) {
        if (!act.seen().isEmpty()) {
            return new Reached(Set.of(Long.valueOf(act.seen())));
        }
        Long seen = act.inode();
        if (seen != null && !isReplaced(act)) {
            return new Reached(Set.of(seen));
        }
        Set<Long> nodes = new HashSet<>();
        for (String path : act.paths()) {
            Set<Long> inodes = path.startsWith(OWN_NAMES) ? null : tree.reached(act, path, true);
            if (inodes == null) {
                return new Reached(null);
            }
            nodes.addAll(inodes);
        }
        return new Reached(nodes.isEmpty() ? null : nodes);
    }

    private void judgeFile(Check check, Act act, OpenEvent event, Reached reached) {
        if (event.file().isEmpty()) {
            // A direct open goes into the ring's table, and has no descriptor and no file in the event.
            if (act.line().number("direct") == 0
                    && !check.isMarked(
                            EventFlag.OBJECT_MISSED, EventFlag.EXECUTION_UNKNOWN, EventFlag.FD_TABLE_SHARED)) {
                check.lie("file", "none, flags " + event.flags(), "a file that was opened");
            }
            return;
        }
        OpenedFile file = event.file().get();
        if (check.isMarked(EventFlag.FD_TABLE_SHARED, EventFlag.EXECUTION_UNKNOWN)) {
            return;
        }
        if (reached.nodes() == null) {
            check.exclude("file");
            return;
        }
        check.equal("file.device", file.deviceMajor() + ":" + file.deviceMinor(), tree.device());
        check.oneOf("file.inode", file.inode(), reached.nodes());
        judgeCreation(check, act, file);
        judgePath(check, act, event, file);
    }

    private static void judgeCreation(Check check, Act act, OpenedFile file) {
        long flags = act.line().number("flags");
        boolean creates = (flags & O_CREAT) != 0;
        boolean alone = !act.line().text("path").equals(COMMON_NAME) || (flags & O_EXCL) != 0;
        if (!creates || alone) {
            check.equal("file.created", file.created(), creates);
        } else {
            check.exclude("file.created");
        }
    }

    private void judgePath(Check check, Act act, OpenEvent event, OpenedFile file) {
        if (act.line().text("path").startsWith(OWN_NAMES)) {
            judgeOwnName(check, act, file);
            return;
        }
        if (check.has(EventFlag.DELETED) && tree.keptNames(act, file.inode())) {
            check.lie("file.path", EventFlag.DELETED, "no name of it was removed");
        }
        if (check.isMarked(
                EventFlag.RESOLVED_UNSTABLE,
                EventFlag.FOREIGN_MOUNT_NS,
                EventFlag.RESOLVED_TRUNCATED,
                EventFlag.DETACHED,
                EventFlag.DELETED)) {
            return;
        }
        verdict.asserted();
        if (!tree.named(act, event.caller().mountNamespace(), file.path().toUtf8(), file.inode())) {
            check.lie("file.path", file.path().escaped(), "another name than any that inode " + file.inode() + " had");
        }
    }

    private void judgeOwnName(Check check, Act act, OpenedFile file) {
        if (!check.isMarked(EventFlag.FOREIGN_MOUNT_NS, EventFlag.RESOLVED_UNSTABLE, EventFlag.DELETED)) {
            check.equal(
                    "file.path",
                    file.path().toUtf8(),
                    log.base() + "/" + act.line().text("path"));
        }
    }

    // ---- proofs

    /** MATCH says that the requested path names the file that was opened. */
    private void judgeMatch(Check check, Act act, OpenEvent event, Reached reached) {
        if (event.path().integrity() != Integrity.MATCH) {
            return;
        }
        if (check.isMarked(EventFlag.EXECUTION_UNKNOWN)) {
            return;
        }
        String path = event.path().value().toUtf8();
        String below = act.base() == 0 && path.startsWith(log.base() + "/")
                ? path.substring(log.base().length() + 1)
                : path;
        if (reached.nodes() == null || below.startsWith(OWN_NAMES)) {
            check.exclude("path_integrity");
            return;
        }
        boolean copied = event.path().provenance() == Provenance.KERNEL;
        Set<Long> named = tree.reached(act, below, copied);
        if (named == null) {
            check.exclude("path_integrity");
            return;
        }
        verdict.asserted();
        if (named.stream().noneMatch(reached.nodes()::contains)) {
            check.lie("path_integrity", event.path().provenance() + " MATCH of " + path, "inode " + reached.nodes());
            return;
        }
        judgeNamespace(check, act, event, below, reached);
    }

    /** The kernel resolved the path of a request in the namespace that the event names, or FOREIGN_MOUNT_NS is set. */
    private void judgeNamespace(Check check, Act act, OpenEvent event, String below, Reached reached) {
        if (!act.isRequest() || act.base() != 0 || check.isMarked(EventFlag.FOREIGN_MOUNT_NS)) {
            return;
        }
        long namespace = event.caller().mountNamespace();
        if (act.line().has("seen-ns")) {
            check.equal("mount_ns", namespace, act.line().number("seen-ns"));
        }
        Set<Long> there = tree.reachedIn(namespace, act, below, event.path().provenance() == Provenance.KERNEL);
        if (there == null || reached.nodes() == null) {
            check.exclude("mount_ns");
            return;
        }
        verdict.asserted();
        if (there.stream().noneMatch(reached.nodes()::contains)) {
            check.lie("mount_ns", namespace + ", where the path led to inode " + there, "inode " + reached.nodes());
        }
    }
}
