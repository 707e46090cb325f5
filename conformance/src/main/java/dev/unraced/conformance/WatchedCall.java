// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.Syscall;
import java.util.Locale;

/**
 * A call for the actor to make, with any argument.
 *
 * @param syscall which
 * @param arguments the rest, as the protocol spells it
 */
public record WatchedCall(Syscall syscall, Command arguments) {

    public static WatchedCall open(Pointer path, long flags, long mode) {
        return of(Syscall.OPEN).path(path).with("flags", flags).with("mode", mode);
    }

    /** An openat from the working directory. */
    public static WatchedCall openat(Pointer path, long flags, long mode) {
        return of(Syscall.OPENAT).path(path).with("flags", flags).with("mode", mode);
    }

    public static WatchedCall openat2(Pointer path, long flags, long mode, long resolve) {
        return of(Syscall.OPENAT2)
                .path(path)
                .with("flags", flags)
                .with("mode", mode)
                .with("resolve", resolve);
    }

    public static WatchedCall creat(Pointer path, long mode) {
        return of(Syscall.CREAT).path(path).with("mode", mode);
    }

    /**
     * A connect.
     *
     * @param fd a number, or {@code h:ID} for a handle
     */
    public static WatchedCall connect(String fd, Pointer address, long addrlen) {
        return of(Syscall.CONNECT)
                .with("fd", fd)
                .with("address", address.text())
                .with("addrlen", addrlen);
    }

    /** A connect to an address that lies in ordinary memory. */
    public static WatchedCall connect(String fd, ByteString address) {
        return connect(fd, Pointer.to(address), address.length());
    }

    /**
     * From another directory.
     *
     * @param dirfd a number, or {@code h:ID} for a handle
     */
    public WatchedCall at(String dirfd) {
        return with("dirfd", dirfd);
    }

    /** With another {@code how} than flags, mode and resolve make. */
    public WatchedCall how(Pointer how, long size) {
        return with("how", how.text()).size(size);
    }

    /** With another size of {@code how}. */
    public WatchedCall size(long size) {
        return with("size", size);
    }

    /** By another convention. */
    public WatchedCall by(Abi abi) {
        return with("abi", abi.name().toLowerCase(Locale.ROOT));
    }

    /** With other bits above the 32 that the kernel takes for the call's number. */
    public WatchedCall byWideNumber() {
        return with("wide", 1);
    }

    /** As a request on an io_uring. */
    public WatchedCall throughRing() {
        return with("via", "io_uring");
    }

    /** As a request on an io_uring that a thread of the kernel's carries out. */
    public WatchedCall throughWorker() {
        return throughRing().with("worker", 1);
    }

    /** As a request on an io_uring that asks for no completion if it succeeds. */
    public WatchedCall throughRingSilently() {
        return throughRing().with("silent", 1);
    }

    /** As a request that a thread of the kernel's finds in the ring. */
    public WatchedCall throughPolledRing() {
        return throughRing().with("polled", 1);
    }

    /** As a request whose completion finds the ring full. */
    public WatchedCall throughFullRing() {
        return throughRing().with("overflow", 1);
    }

    /** As a request behind one that fails, upon which the kernel cancels it. */
    public WatchedCall behindAFailure() {
        return throughRing().with("linked", 1);
    }

    /** As a request behind one that asked for no completion and fails: then this one gets none, either. */
    public WatchedCall behindASilentFailure() {
        return behindAFailure().with("skipped", 1);
    }

    /**
     * As a request that blocks and is cancelled, while completions of others look like its own.
     *
     * @param result the result that they have
     */
    public WatchedCall forged(long result) {
        return cancelled().with("forged", result);
    }

    /** Of a {@linkplain #forged forged} request: there is room in its ring again when it ends itself. */
    public WatchedCall drained() {
        return with("drained", 1);
    }

    /** As a request that has ended when another completion comes that looks like its own. */
    public WatchedCall echoed() {
        return throughRing().with("echoed", 1);
    }

    /** As two requests that share a user_data, by which completions are told from each other. */
    public WatchedCall twice() {
        return amongOthers(1);
    }

    /** As so many more requests, before it, that share its user_data. */
    public WatchedCall amongOthers(int others) {
        return throughRing().with("others", others);
    }

    /** With one more before these that asks for no completion if it succeeds. */
    public WatchedCall behindASilentOne() {
        return throughRing().with("hushed", 1);
    }

    /** As a request that blocks, and that another one cancels then. */
    public WatchedCall cancelled() {
        return throughWorker().with("cancelled", 1);
    }

    /** As a 32-bit connect through socketcall(2). */
    public WatchedCall bySocketcall() {
        return by(Abi.IA32).with("via", "socketcall");
    }

    /** Whether its descriptor, address and length lie in memory. */
    boolean isSocketcall() {
        return arguments.line().contains(" via=socketcall");
    }

    /** With the opened descriptor kept as a handle. */
    public WatchedCall keep(int id) {
        return with("keep", id);
    }

    /** With descriptor 0 free, so that an open returns it. */
    public WatchedCall takingZero() {
        return with("zero", 1);
    }

    /** Of a job: on the processor on which its thread begins, until it is {@linkplain Job#move() moved}. */
    public WatchedCall pinned() {
        return with("pinned", 1);
    }

    Command command(String verb) {
        return Command.of(verb + " name=" + syscall.name().toLowerCase(Locale.ROOT) + arguments.line());
    }

    private static WatchedCall of(Syscall syscall) {
        return new WatchedCall(syscall, Command.of(""));
    }

    private WatchedCall path(Pointer path) {
        return with("path", path.text());
    }

    private WatchedCall with(String key, String value) {
        return new WatchedCall(syscall, arguments.with(key, value));
    }

    private WatchedCall with(String key, long value) {
        return new WatchedCall(syscall, arguments.with(key, value));
    }
}
