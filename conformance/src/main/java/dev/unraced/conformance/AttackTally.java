// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.conformance.Taken.FileId;
import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenedFile;
import dev.unraced.event.Provenance;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.SyscallEvent;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares events with what really happened, and counts. One thread. */
final class AttackTally {
    /** Flags by which an event says that its argument may not be the one that was passed. */
    private static final Set<EventFlag> WARNINGS = EnumSet.of(
            EventFlag.TRUNCATED,
            EventFlag.FAULTED,
            EventFlag.ENTER_MISSED,
            EventFlag.STASH_FULL,
            EventFlag.EVICTED,
            EventFlag.NO_ARGUMENTS);

    /** Flags by which an event says that its file's path is not one of the caller's. */
    private static final Set<EventFlag> OTHER_PATH =
            EnumSet.of(EventFlag.DETACHED, EventFlag.DELETED, EventFlag.FOREIGN_MOUNT_NS, EventFlag.RESOLVED_TRUNCATED);
    /** Family, port and address of AF_INET; what follows is padding. */
    private static final int INET_BYTES = 8;

    private long attempts;
    private long wrong;
    private long flagged;
    private long falseMatches;
    private long wrongTruths;
    private long matched;
    private long changed;
    private long differs;
    private @Nullable String worst;

    /** Judges an event by its path, or its address. */
    void judge(SyscallEvent event, Taken taken) {
        judge(event, argument(event), taken);
    }

    /** Judges an event by one of its arguments. */
    void judge(SyscallEvent event, Argument<?> claim, Taken taken) {
        boolean isRight = claim.value().equals(taken.argument());
        boolean isCopy = claim.provenance() == Provenance.KERNEL;
        boolean isMatch = claim.integrity() == Integrity.MATCH;
        attempts++;
        matched += isMatch ? 1 : 0;
        changed += claim.integrity() == Integrity.CHANGED ? 1 : 0;
        differs += claim.integrity() == Integrity.DIFFERS ? 1 : 0;
        if (!isRight) {
            wrong++;
            flagged += warns(event, claim) ? 1 : 0;
        }
        if ((isCopy && !isRight) || (isMatch && !isCopy && !(isRight && taken.provable()))) {
            falseMatches++;
            remember(ruleOfMatch(event, isCopy) + ": a false proof: really " + taken + ", event " + event);
        }
        if (event.call().result() >= 0 && !isTrue(event, taken)) {
            wrongTruths++;
            remember((event instanceof OpenEvent ? "R2.20" : "R2.30") + ": a wrong truth field: really " + taken
                    + ", event " + event);
        }
    }

    /** The counts up to now. */
    AttackCounts counts() {
        return new AttackCounts(attempts, wrong, flagged, falseMatches, wrongTruths, matched, changed, differs);
    }

    /** The first event that none may be, with what really happened; null while there is none. */
    @Nullable
    String worst() {
        return worst;
    }

    private void remember(String text) {
        if (worst == null) {
            worst = text;
        }
    }

    private static String ruleOfMatch(SyscallEvent event, boolean isCopy) {
        return isCopy ? "R2.17" : event instanceof OpenEvent ? "R2.15" : "R2.16";
    }

    private static boolean warns(SyscallEvent event, Argument<?> claim) {
        return claim.integrity() == Integrity.CHANGED
                || claim.integrity() == Integrity.DIFFERS
                || event.flags().stream().anyMatch(WARNINGS::contains);
    }

    private static Argument<?> argument(SyscallEvent event) {
        if (event instanceof OpenEvent open) {
            return open.path();
        }
        Argument<Sockaddr> address = ((ConnectEvent) event).address();
        return new Argument<>(address.value().bytes(), address.provenance(), address.integrity());
    }

    private static boolean isTrue(SyscallEvent event, Taken taken) {
        if (event instanceof OpenEvent open) {
            FileId file = taken.file();
            return file == null
                    || open.file()
                            .filter(opened -> isTrue(open, opened, file, taken.place()))
                            .isPresent();
        }
        ByteString peer = taken.peer();
        return peer == null
                || ((ConnectEvent) event)
                        .socket()
                        .flatMap(socket -> socket.remote())
                        .filter(remote -> isSame(remote, new Sockaddr(peer)))
                        .isPresent();
    }

    private static boolean isTrue(OpenEvent event, OpenedFile opened, FileId file, @Nullable ByteString place) {
        boolean isFile = opened.deviceMajor() == file.major()
                && opened.deviceMinor() == file.minor()
                && opened.inode() == file.inode();
        boolean isPlace = place == null
                || event.flags().stream().anyMatch(OTHER_PATH::contains)
                || opened.path().equals(place);
        return isFile && isPlace;
    }

    private static boolean isSame(Sockaddr first, Sockaddr second) {
        if (first.family() != Sockaddr.AF_INET) {
            return first.unixPath().isPresent() && first.unixPath().equals(second.unixPath());
        }
        return Arrays.equals(
                Arrays.copyOf(first.bytes().toByteArray(), INET_BYTES),
                Arrays.copyOf(second.bytes().toByteArray(), INET_BYTES));
    }
}
