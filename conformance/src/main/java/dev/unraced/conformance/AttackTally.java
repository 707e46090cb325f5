// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.conformance.Taken.FileId;
import dev.unraced.driver.Capabilities;
import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
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
            EventFlag.NO_ARGUMENTS,
            EventFlag.WITHHELD);

    /** Flags by which an event says that its file's path is not one of the caller's. */
    private static final Set<EventFlag> OTHER_PATH =
            EnumSet.of(EventFlag.DETACHED, EventFlag.DELETED, EventFlag.FOREIGN_MOUNT_NS, EventFlag.RESOLVED_TRUNCATED);
    /** Family, port and address of AF_INET; what follows is padding. */
    private static final int INET_BYTES = 8;

    private final Capabilities capabilities;
    private long attempts;
    private long wrong;
    private long flagged;
    private long falseMatches;
    private long wrongTruths;
    private long matched;
    private long changed;
    private long differs;
    private @Nullable String worst;

    /** Counts for a driver; what it declares not to tell is not missed. */
    AttackTally(Capabilities capabilities) {
        this.capabilities = capabilities;
    }

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
        if (event.call().result() >= 0) {
            String rule = ruleOfTruth(event, taken);
            if (rule != null) {
                wrongTruths++;
                remember(rule + ": a wrong truth field: really " + taken + ", event " + event);
            }
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

    /** The rule that the truth fields of a successful call break, or null when they are true. */
    private @Nullable String ruleOfTruth(SyscallEvent event, Taken taken) {
        return event instanceof OpenEvent open
                ? ruleOfFile(open, taken)
                : ruleOfPeer((ConnectEvent) event, taken.peer());
    }

    private @Nullable String ruleOfFile(OpenEvent event, Taken taken) {
        FileId file = taken.file();
        if (file == null) {
            return null;
        }
        OpenedFile opened = event.file().orElse(null);
        if (opened == null && !capabilities.has(Feature.RESOLVED_PATH)) {
            return null;
        }
        if (opened == null || (capabilities.has(Feature.DEVICE_INODE) && !isSame(opened, file))) {
            return "R2.20";
        }
        ByteString place = taken.place();
        boolean isPlace = place == null
                || event.flags().stream().anyMatch(OTHER_PATH::contains)
                || opened.path().equals(place);
        return isPlace ? null : "R2.21";
    }

    private @Nullable String ruleOfPeer(ConnectEvent event, @Nullable ByteString peer) {
        if (peer == null || !capabilities.has(Feature.SOCKET_TUPLE)) {
            return null;
        }
        Sockaddr expected = new Sockaddr(peer);
        boolean isPeer = event.socket()
                .flatMap(socket -> socket.remote())
                .filter(remote -> isSame(remote, expected))
                .isPresent();
        return isPeer ? null : expected.family() == Sockaddr.AF_UNIX ? "R2.31" : "R2.30";
    }

    private static boolean isSame(OpenedFile opened, FileId file) {
        return opened.deviceMajor() == file.major()
                && opened.deviceMinor() == file.minor()
                && opened.inode() == file.inode();
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
