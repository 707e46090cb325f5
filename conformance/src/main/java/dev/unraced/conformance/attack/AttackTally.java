// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import dev.unraced.capture.Capabilities;
import dev.unraced.conformance.attack.KernelOutcome.FileId;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.ConnectedSocket;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenedFile;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Provenance;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.SyscallEvent;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares events with what really happened, and counts the differences. For one thread. */
final class AttackTally {
    /** Flags by which an event says that its argument may differ from the passed argument. */
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
    /** Flags by which an event says that its file's path may be a path that the file never had. */
    private static final Set<EventFlag> UNSTABLE_PATH = EnumSet.of(EventFlag.RESOLVED_UNSTABLE);
    /** Flags by which an event says that the file or the socket of a call that succeeded is not there. */
    private static final Set<EventFlag> NO_OBJECT = EnumSet.of(EventFlag.OBJECT_MISSED, EventFlag.EXECUTION_UNKNOWN);

    private static final Set<EventFlag> REFUSED = EnumSet.of(EventFlag.NOT_EXECUTED);
    private static final Set<EventFlag> FOREIGN = EnumSet.of(EventFlag.FOREIGN_MOUNT_NS);
    private static final Set<EventFlag> UNKNOWN = EnumSet.of(EventFlag.EXECUTION_UNKNOWN);
    /** Family, port and address of AF_INET; what follows is padding. */
    private static final int INET_BYTES = 8;
    /** Flow label and scope count in AF_INET6: all of the structure. */
    private static final int INET6_BYTES = 28;

    private final Capabilities capabilities;
    private final @Nullable String rule;
    private long attempts;
    private long wrong;
    private long flagged;
    private long falseMatches;
    private long wrongObjects;
    private long matched;
    private long changed;
    private long differs;
    private long marked;
    private long won = -1;
    private long aimed;
    private long reached;
    private @Nullable Violation worst;

    /**
     * Makes a tally for a driver. Fields that the driver declares not to report are not missed.
     *
     * @param rule the rule that a lie breaks; null for the rule about the wrong argument or object
     */
    AttackTally(Capabilities capabilities, @Nullable String rule) {
        this.capabilities = capabilities;
        this.rule = rule;
    }

    /** Judges an event by its path, or its address. */
    void judge(SyscallEvent event, KernelOutcome taken) {
        judge(event, argument(event), taken);
    }

    /** Judges an event by one of its arguments. */
    void judge(SyscallEvent event, Argument<?> argument, KernelOutcome taken) {
        boolean isRight = argument.value().equals(taken.argument());
        boolean isCopy = argument.provenance() == Provenance.KERNEL;
        boolean isMatch = argument.integrity() == Integrity.MATCH;
        attempts++;
        matched += isMatch ? 1 : 0;
        changed += argument.integrity() == Integrity.CHANGED ? 1 : 0;
        differs += argument.integrity() == Integrity.DIFFERS ? 1 : 0;
        if (!isRight) {
            wrong++;
            flagged += warns(event, argument) ? 1 : 0;
        }
        // A peer left by another connect, as a mark says, shows nothing about the copy.
        boolean isAnothers = taken.marks().stream().anyMatch(event.flags()::contains);
        if ((isCopy && !isRight && !isAnothers) || (isMatch && !isCopy && !(isRight && taken.provable()))) {
            falseMatches++;
            remember(either(ruleOfMatch(event, isCopy)), "a false proof: really " + taken + ", event " + event);
        }
        aimed += taken.ran() && (taken.file() != null || taken.peer() != null) ? 1 : 0;
        reached += hasReached(event) ? 1 : 0;
        String broken = ruleOfObject(event, taken);
        if (broken != null) {
            wrongObjects++;
            remember(either(broken), "an unmarked wrong object: really " + taken + ", event " + event);
        }
    }

    /** Judges the event of an exec. */
    void judge(ProcessView event, ExecOutcome taken) {
        ByteString path = taken.path();
        boolean hasFailed = event.type() == ProcessView.Type.EXEC_FAILED;
        boolean isCopy = !hasFailed || event.pathProvenance() == Provenance.KERNEL;
        boolean isMatch = event.pathIntegrity() == Integrity.MATCH;
        boolean isChanged = event.pathIntegrity() == Integrity.CHANGED;
        boolean isRight = path == null || event.path().toByteString().equals(path);
        attempts++;
        matched += isMatch ? 1 : 0;
        changed += isChanged ? 1 : 0;
        if (!isRight) {
            wrong++;
            flagged +=
                    isChanged || !event.path().isPresent() || WARNINGS.stream().anyMatch(event::has) ? 1 : 0;
        }
        if ((isMatch && hasFailed) || ((isMatch || isCopy) && !isRight)) {
            falseMatches++;
            remember(either("R16.2"), "a false proof: really " + taken + ", event " + text(event));
        }
        marked += isOfMissedEntry(event) ? 1 : 0;
        if (!isOf(event, taken)) {
            wrongObjects++;
            remember(either("R16.2"), "a wrong exec: really " + taken + ", event " + text(event));
        }
    }

    /** Returns whether a path was read at the return, though the mode reads it at the entry, and no flag says why. */
    private static boolean isLateUnmarked(ProcessView event) {
        return event.mitigation() != Mitigation.OFF
                && event.pathProvenance() == Provenance.EXIT
                && WARNINGS.stream().noneMatch(event::has);
    }

    private static String text(ProcessView event) {
        return event.type() + " by " + event.execCall() + " (" + event.abi() + ") of thread " + event.tid() + " of "
                + event.tgid() + ", path " + event.path() + ", executable " + event.executable() + ", inode "
                + event.inode() + " of " + event.deviceMajor() + ":" + event.deviceMinor() + ", interpreter "
                + event.interpreter() + ", arguments " + event.arguments() + ", flags " + event.flags()
                + (event.type() == ProcessView.Type.EXEC_FAILED ? ", result " + event.result() : "");
    }

    /** Returns whether the event says that the driver missed the exec's entry, and with it the call (R16.11). */
    private static boolean isOfMissedEntry(ProcessView event) {
        return event.type() == ProcessView.Type.EXEC && event.execCall() == ProcessView.ExecCall.UNKNOWN;
    }

    /** Returns whether all is right that the event of an exec says besides the path. */
    private boolean isOf(ProcessView event, ExecOutcome taken) {
        boolean asks = !capabilities.has(Feature.EXEC_CALLS)
                || isOfMissedEntry(event)
                || (event.execCall() == taken.call()
                        && event.abi() == taken.abi()
                        && (event.tid() != event.tgid()) == taken.byOtherThread());
        if (taken.hasFailed()) {
            return asks
                    && event.type() == ProcessView.Type.EXEC_FAILED
                    && (taken.result() == ExecOutcome.UNTOLD ? event.result() < 0 : event.result() == taken.result())
                    && !isLateUnmarked(event);
        }
        FileId file = taken.file();
        ByteString interpreter = taken.interpreter();
        ByteString arguments = taken.arguments();
        return asks
                && event.type() == ProcessView.Type.EXEC
                && event.has(EventFlag.HAS_FILE)
                && file != null
                && new FileId(event.deviceMajor(), event.deviceMinor(), event.inode()).equals(file)
                && event.interpreter().toByteString().equals(interpreter == null ? ByteString.EMPTY : interpreter)
                && (arguments == null || event.arguments().toByteString().equals(arguments));
    }

    /** Counts rounds in which the attacker acted in time, for an attack that may be too late. */
    void won(long rounds) {
        won = Math.max(won, 0) + rounds;
    }

    /** Returns whether the attacker has been too late in each round up to now. */
    boolean isUnwon() {
        return won == 0;
    }

    /** Returns whether all calls failed, so that nothing is known of the object that they were to reach. */
    boolean isPointless() {
        return aimed != 0 && reached == 0;
    }

    /**
     * Counts a breach that is not about one argument or object.
     *
     * @param usual the rule that it breaks, unless the attack has a rule of its own
     */
    void lie(String usual, String what) {
        wrongObjects++;
        remember(either(usual), what);
    }

    /** Returns the counts up to now. */
    AttackCounts counts() {
        return AttackCounts.builder()
                .attempts(attempts)
                .wrong(wrong)
                .flagged(flagged)
                .falseMatches(falseMatches)
                .wrongObjects(wrongObjects)
                .matched(matched)
                .changed(changed)
                .differs(differs)
                .marked(marked)
                .won(won)
                .build();
    }

    /** Returns the violation of the first forbidden event, with what really happened; null while there is none. */
    @Nullable
    Violation worst() {
        return worst;
    }

    private String either(String usual) {
        return rule == null ? usual : rule;
    }

    private void remember(String broken, String what) {
        if (worst == null) {
            worst = Violation.of(broken, what);
        }
    }

    private static String ruleOfMatch(SyscallEvent event, boolean isCopy) {
        return isCopy ? "R2.17" : event instanceof OpenEvent ? "R2.15" : "R2.16";
    }

    private static boolean warns(SyscallEvent event, Argument<?> argument) {
        return argument.integrity() == Integrity.CHANGED
                || argument.integrity() == Integrity.DIFFERS
                || event.flags().stream().anyMatch(WARNINGS::contains);
    }

    private static Argument<?> argument(SyscallEvent event) {
        if (event instanceof OpenEvent open) {
            return open.path();
        }
        Argument<Sockaddr> address = ((ConnectEvent) event).address();
        return new Argument<>(address.value().bytes(), address.provenance(), address.integrity());
    }

    /** Returns the rule that an event breaks by what it asserts of the call's object, or null. */
    private @Nullable String ruleOfObject(SyscallEvent event, KernelOutcome taken) {
        if (!taken.ran()) {
            return ruleOfRefusal(event);
        }
        if (isOfAnotherNamespace(event, taken) && !says(event, FOREIGN)) {
            return "R2.46";
        }
        if (!hasReached(event)) {
            return null;
        }
        if (event.flags().contains(EventFlag.NOT_EXECUTED)) {
            return "R3.5";
        }
        return event instanceof OpenEvent open ? ruleOfFile(open, taken) : ruleOfPeer((ConnectEvent) event, taken);
    }

    /** Returns whether the kernel looked the path up elsewhere than in the namespace that the event names. */
    private boolean isOfAnotherNamespace(SyscallEvent event, KernelOutcome taken) {
        return taken.mountNamespace() != 0
                && capabilities.has(Feature.NAMESPACES)
                && event.caller().mountNamespace() != taken.mountNamespace();
    }

    /** Returns whether the call reached an object: it succeeded, or its socket is on the way to a peer (R2.32). */
    private static boolean hasReached(SyscallEvent event) {
        long result = event.call().result();
        boolean onTheWay = result == Linux.EINPROGRESS || result == Linux.EALREADY;
        return result >= 0 || (event instanceof ConnectEvent && onTheWay);
    }

    /**
     * Returns the rule that an event of a call that never ran breaks, or null. The event says that the call did not run
     * and has no object, or that it does not know.
     */
    private @Nullable String ruleOfRefusal(SyscallEvent event) {
        boolean isRefused = event.flags().contains(EventFlag.NOT_EXECUTED);
        return says(event, isRefused && !hasObject(event) ? REFUSED : UNKNOWN) ? null : "R3.4";
    }

    private static boolean hasObject(SyscallEvent event) {
        return event instanceof OpenEvent open
                ? open.file().isPresent()
                : ((ConnectEvent) event).socket().isPresent();
    }

    /** Returns whether one of the flags weakens what the event asserts, and counts the event if so. */
    private boolean says(SyscallEvent event, Set<EventFlag> flags) {
        boolean does = event.flags().stream().anyMatch(flags::contains);
        marked += does ? 1 : 0;
        return does;
    }

    private @Nullable String ruleOfFile(OpenEvent event, KernelOutcome taken) {
        FileId file = taken.file();
        if (file == null) {
            return null;
        }
        OpenedFile opened = event.file().orElse(null);
        if (opened == null) {
            return !capabilities.has(Feature.RESOLVED_PATH) || says(event, NO_OBJECT) ? null : "R2.20";
        }
        if (capabilities.has(Feature.DEVICE_INODE) && !isSame(opened, file)) {
            return says(event, weakened(taken)) ? null : "R2.20";
        }
        boolean isPlace = taken.places().isEmpty()
                || !capabilities.has(Feature.RESOLVED_PATH)
                || event.flags().stream().anyMatch(OTHER_PATH::contains)
                || taken.places().contains(opened.path())
                || says(event, UNSTABLE_PATH);
        return isPlace ? null : "R2.21";
    }

    private static Set<EventFlag> weakened(KernelOutcome taken) {
        EnumSet<EventFlag> flags = EnumSet.of(EventFlag.EXECUTION_UNKNOWN);
        flags.addAll(taken.marks());
        return flags;
    }

    private @Nullable String ruleOfPeer(ConnectEvent event, KernelOutcome taken) {
        ByteString peer = taken.peer();
        if (peer == null || !capabilities.has(Feature.SOCKET_TUPLE)) {
            return null;
        }
        Sockaddr expected = new Sockaddr(peer);
        if (!capabilities.has(Feature.CONNECTING_PEER) && isUntold(event, expected)) {
            return null;
        }
        ConnectedSocket socket = event.socket().orElse(null);
        String usual = expected.family() == Sockaddr.AF_UNIX ? "R2.31" : "R2.30";
        if (socket == null) {
            return says(event, NO_OBJECT) ? null : usual;
        }
        boolean isPeer = (peer.isEmpty() ? socket.remote().isEmpty() : isSame(socket.remote(), expected))
                && (taken.local() == null || isSame(socket.local(), new Sockaddr(taken.local())));
        return isPeer || says(event, weakened(taken)) ? null : usual;
    }

    /** Returns whether getpeername(2) does not tell the peer: the connect is in progress, or the port is 0. */
    private static boolean isUntold(ConnectEvent event, Sockaddr peer) {
        boolean isInternet = peer.family() == Sockaddr.AF_INET || peer.family() == Sockaddr.AF_INET6;
        return event.call().result() < 0 || (isInternet && peer.port() == 0);
    }

    private static boolean isSame(OpenedFile opened, FileId file) {
        return opened.deviceMajor() == file.major()
                && opened.deviceMinor() == file.minor()
                && opened.inode() == file.inode();
    }

    private static boolean isSame(Optional<Sockaddr> actual, Sockaddr expected) {
        // A UNIX socket without a name has an address of its family alone, or none.
        return actual.map(address -> isSame(address, expected))
                .orElse(expected.family() == Sockaddr.AF_UNIX
                        && expected.unixPath().isEmpty());
    }

    private static boolean isSame(Sockaddr first, Sockaddr second) {
        return switch (first.family()) {
            case Sockaddr.AF_INET -> isSame(first, second, INET_BYTES);
            case Sockaddr.AF_INET6 -> isSame(first, second, INET6_BYTES);
            case Sockaddr.AF_UNIX ->
                second.family() == Sockaddr.AF_UNIX && first.unixPath().equals(second.unixPath());
            default -> first.bytes().equals(second.bytes());
        };
    }

    private static boolean isSame(Sockaddr first, Sockaddr second, int length) {
        return Arrays.equals(
                Arrays.copyOf(first.bytes().toByteArray(), length),
                Arrays.copyOf(second.bytes().toByteArray(), length));
    }
}
