// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.actor;

import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import java.util.Locale;

/**
 * A call for the actor to make, with any argument.
 *
 * @param syscall the system call
 * @param arguments the other words of the protocol's command
 */
public record WatchedCall(Syscall syscall, Command arguments) {

    public static WatchedCall open(Pointer path, long flags, long mode) {
        return of(Syscall.OPEN).path(path).with("flags", flags).with("mode", mode);
    }

    /** Returns an openat from the working directory. */
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
     * Returns a connect.
     *
     * @param fd the descriptor: a number, or {@code h:ID} for a handle
     */
    public static WatchedCall connect(String fd, Pointer address, long addrlen) {
        return of(Syscall.CONNECT)
                .with("fd", fd)
                .with("address", address.text())
                .with("addrlen", addrlen);
    }

    /** Returns a connect to an address that lies in ordinary memory. */
    public static WatchedCall connect(String fd, ByteString address) {
        return connect(fd, Pointer.to(address), address.length());
    }

    /**
     * Returns this call relative to another directory.
     *
     * @param dirfd the directory: a number, or {@code h:ID} for a handle
     */
    public WatchedCall at(String dirfd) {
        return with("dirfd", dirfd);
    }

    /** Returns this call with another {@code how} than flags, mode and resolve make. */
    public WatchedCall how(Pointer how, long size) {
        return with("how", how.text()).size(size);
    }

    /** Returns this call with another size of {@code how}. */
    public WatchedCall size(long size) {
        return with("size", size);
    }

    /** Returns this call by another calling convention. */
    public WatchedCall by(Abi abi) {
        return with("abi", abi.name().toLowerCase(Locale.ROOT));
    }

    /** Returns this call with bits set above the 32 that the kernel takes for the call's number. */
    public WatchedCall byWideNumber() {
        return with("wide", 1);
    }

    /** Returns this call as a request on an io_uring. */
    public WatchedCall throughRing() {
        return with("via", "io_uring");
    }

    /** Returns this call as a request on an io_uring that a worker carries out. */
    public WatchedCall throughWorker() {
        return throughRing().with("worker", 1);
    }

    /** Returns this call as a request on an io_uring that asks for no completion if it succeeds. */
    public WatchedCall throughRingSilently() {
        return throughRing().with("silent", 1);
    }

    /** Returns this call as a request that the kernel's SQPOLL thread takes from the ring. */
    public WatchedCall throughPolledRing() {
        return throughRing().with("polled", 1);
    }

    /** Returns this call as a request whose completion finds the ring full. */
    public WatchedCall throughFullRing() {
        return throughRing().with("overflow", 1);
    }

    /** Returns this call as a request behind one that fails, so that the kernel cancels it. */
    public WatchedCall behindAFailure() {
        return throughRing().with("linked", 1);
    }

    /**
     * Returns this call as a request behind one that asked for no completion and fails, so that this one gets none,
     * either.
     */
    public WatchedCall behindASilentFailure() {
        return behindAFailure().with("skipped", 1);
    }

    /**
     * Returns this call as a request that blocks and is cancelled, while completions of others look like its own.
     *
     * @param result the result of those completions
     */
    public WatchedCall forged(long result) {
        return cancelled().with("forged", result);
    }

    /** Returns this {@linkplain #forged forged} request with room in its ring again when it ends. */
    public WatchedCall drained() {
        return with("drained", 1);
    }

    /** Returns this call as a request after whose end another completion comes that looks like its own. */
    public WatchedCall echoed() {
        return throughRing().with("echoed", 1);
    }

    /** Returns this call as two requests that share a user_data, the only identity that completions have. */
    public WatchedCall twice() {
        return amongOthers(1);
    }

    /** Returns this call with that many more requests before it that share its user_data. */
    public WatchedCall amongOthers(int others) {
        return throughRing().with("others", others);
    }

    /** Returns this call with one more request before these that asks for no completion if it succeeds. */
    public WatchedCall behindASilentOne() {
        return throughRing().with("hushed", 1);
    }

    /** Returns this call as a request that blocks, and that another request cancels. */
    public WatchedCall cancelled() {
        return throughWorker().with("cancelled", 1);
    }

    /** Returns this call as a 32-bit connect through socketcall(2). */
    public WatchedCall bySocketcall() {
        return by(Abi.IA32).with("via", "socketcall");
    }

    /** Returns by which way the call enters the kernel. */
    public Origin origin() {
        return arguments.line().contains(" via=io_uring") ? Origin.IO_URING : Origin.SYSCALL;
    }

    /** Returns whether the call is by socketcall(2), whose descriptor, address and length lie in memory. */
    public boolean isSocketcall() {
        return arguments.line().contains(" via=socketcall");
    }

    /** Returns this call with the opened descriptor kept as a handle. */
    public WatchedCall keep(int id) {
        return with("keep", id);
    }

    /** Returns this call with descriptor 0 free, so that an open returns it. */
    public WatchedCall takingZero() {
        return with("zero", 1);
    }

    /** Returns this call, for a job, bound to the processor on which its thread begins, until the job is moved. */
    public WatchedCall pinned() {
        return with("pinned", 1);
    }

    public Command command(String verb) {
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
