// SPDX-License-Identifier: Apache-2.0
package dev.unraced.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.ProcessView;
import dev.unraced.process.Container;
import dev.unraced.process.ProcessImage;
import dev.unraced.process.ProcessTable;
import dev.unraced.process.Program;
import dev.unraced.protocol.v1.Abi;
import dev.unraced.protocol.v1.Ancestor;
import dev.unraced.protocol.v1.Block;
import dev.unraced.protocol.v1.Caller;
import dev.unraced.protocol.v1.Connect;
import dev.unraced.protocol.v1.Credentials;
import dev.unraced.protocol.v1.Event;
import dev.unraced.protocol.v1.EventType;
import dev.unraced.protocol.v1.ExecCall;
import dev.unraced.protocol.v1.FailedExec;
import dev.unraced.protocol.v1.File;
import dev.unraced.protocol.v1.Image;
import dev.unraced.protocol.v1.Integrity;
import dev.unraced.protocol.v1.Mitigation;
import dev.unraced.protocol.v1.Open;
import dev.unraced.protocol.v1.Origin;
import dev.unraced.protocol.v1.Process;
import dev.unraced.protocol.v1.Provenance;
import dev.unraced.protocol.v1.Socket;
import dev.unraced.protocol.v1.Syscall;
import dev.unraced.protocol.v1.Terminal;
import java.util.Optional;

/** Converts events to messages, for programs that do not read records. Allocates. */
public final class EventCodec {

    private EventCodec() {}

    /** Returns the message for an event. */
    public static Event.Builder encode(EventView event) {
        Event.Builder message = Event.newBuilder()
                .setType(EventType.forNumber(event.type().code()))
                .setSyscall(Syscall.forNumber(event.syscall().code()))
                .setAbi(Abi.forNumber(event.abi().code()))
                .setOrigin(Origin.forNumber(event.origin().code()))
                // On the wire, 0 means unspecified.
                .setMitigation(Mitigation.forNumber(event.mitigation().code() + 1))
                .setEnterNanos(event.enterNanos())
                .setExitNanos(event.exitNanos())
                .setSource(event.source())
                .setSequence(event.sequence())
                .setResult(event.result())
                .setFlags(event.flags())
                .setCaller(caller(event))
                .setProcessKey(event.processKey());
        return event.isOpenLike() ? message.setOpen(open(event)) : message.setConnect(connect(event));
    }

    /** Returns the message for a process event. */
    public static Event.Builder encode(ProcessView event) {
        Process.Builder process = Process.newBuilder()
                .setNanos(event.nanos())
                .setTgid(event.tgid())
                .setTid(event.tid())
                .setStartNanos(event.startNanos())
                .setProcessKey(event.processKey())
                .setParentTgid(event.parentTgid())
                .setParentStartNanos(event.parentStartNanos())
                .setOwnTgid(event.ownTgid())
                .setSession(event.session())
                .setUid((int) event.uid())
                .setGid((int) event.gid())
                .setEffectiveUid((int) event.effectiveUid())
                .setEffectiveGid((int) event.effectiveGid())
                .setCapabilities(event.capabilities())
                .setComm(bytes(event.comm()))
                .setCgroupId(event.cgroupId())
                .setCgroupPath(bytes(event.cgroupPath()))
                .setContainerId(bytes(event.containerId()))
                .setMountNamespace((int) event.mountNamespace())
                .setPidNamespace((int) event.pidNamespace())
                .setPath(bytes(event.path()))
                .setInterpreter(bytes(event.interpreter()))
                .setArguments(bytes(event.arguments()))
                .setArgumentsSize(event.argumentsSize());
        if (event.type() == ProcessView.Type.EXEC) {
            process.setPathProvenance(
                            Provenance.forNumber(event.pathProvenance().code()))
                    .setPathIntegrity(Integrity.forNumber(event.pathIntegrity().code()));
        }
        if (event.isTerminalKnown()) {
            process.setTerminal(
                    Terminal.newBuilder().setDeviceMajor(event.terminalMajor()).setDeviceMinor(event.terminalMinor()));
        }
        if (event.has(EventFlag.HAS_FILE)) {
            process.setExecutable(
                    file(bytes(event.executable()), event.deviceMajor(), event.deviceMinor(), event.inode()));
        }
        switch (event.type()) {
            case FORK -> process.setForkerTgid(event.forkerTgid()).setForkerStartNanos(event.forkerStartNanos());
            case EXIT -> process.setStatus(event.status());
            case EXEC -> {
                process.setExecCall(ExecCall.forNumber(event.execCall().code()))
                        .setAbi(Abi.forNumber(event.abi().code()));
                if (event.hasCredentialsBefore()) {
                    process.setBefore(before(event));
                }
            }
            case EXEC_FAILED ->
                process.setExecCall(ExecCall.forNumber(event.execCall().code()))
                        .setAbi(Abi.forNumber(event.abi().code()))
                        .setFailed(failed(event));
            case ALIVE -> {
                // It has no fields of its own.
            }
        }
        return Event.newBuilder()
                .setType(EventType.forNumber(event.type().code()))
                .setSource(event.source())
                .setSequence(event.sequence())
                .setFlags(event.flags())
                .setProcess(process);
    }

    private static Credentials.Builder before(ProcessView event) {
        return Credentials.newBuilder()
                .setUid((int) event.uidBefore())
                .setGid((int) event.gidBefore())
                .setEffectiveUid((int) event.effectiveUidBefore())
                .setEffectiveGid((int) event.effectiveGidBefore())
                .setCapabilities(event.capabilitiesBefore());
    }

    private static FailedExec.Builder failed(ProcessView event) {
        return FailedExec.newBuilder()
                .setEnterNanos(event.enterNanos())
                .setResult(event.result())
                .setDirfd(event.dirfd())
                .setAtFlags((int) event.atFlags())
                .setMitigation(Mitigation.forNumber(event.mitigation().code() + 1))
                .setPathProvenance(Provenance.forNumber(event.pathProvenance().code()))
                .setPathIntegrity(Integrity.forNumber(event.pathIntegrity().code()));
    }

    /**
     * Adds the caller's user, cgroup and container, and the program behind a call or why the table does not know it.
     */
    public static Event.Builder describe(Event.Builder message, EventView event, ProcessTable table) {
        dev.unraced.event.ByteString cgroup = table.cgroupOf(event);
        if (cgroup != null) {
            message.setCgroupPath(ByteString.copyFrom(cgroup.toByteArray()));
        }
        dev.unraced.event.ByteString user = table.userOf(event);
        if (user != null) {
            message.setUser(user.toUtf8());
        }
        Container container = table.containerOf(event);
        if (container != null) {
            message.setContainer(container(container));
        }
        ProcessImage image = table.imageOf(event);
        if (image == null) {
            return message.setImageUnknown(table.absenceOf(event).name());
        }
        Program program = image.program();
        Image.Builder known = Image.newBuilder()
                .setStartNanos(image.startNanos())
                .setPath(bytes(program.path()))
                .setInterpreter(bytes(program.interpreter()))
                .setArguments(ByteString.copyFrom(program.arguments().toByteArray()))
                .setFlags(program.flags())
                .setEffectiveUid((int) image.effectiveUid());
        if (program.has(EventFlag.HAS_FILE)) {
            known.setExecutable(
                    file(bytes(program.executable()), program.deviceMajor(), program.deviceMinor(), program.inode()));
        }
        if (image.terminal().isKnown()) {
            known.setTerminal(Terminal.newBuilder()
                    .setDeviceMajor(image.terminal().major())
                    .setDeviceMinor(image.terminal().minor()));
        }
        image.ancestors().forEach(ancestor -> known.addAncestors(ancestor(ancestor)));
        known.setHasMoreAncestors(image.hasMoreAncestors());
        image.programAbsence().ifPresent(absence -> known.setProgramUnknown(absence.name()));
        // Consumers of the first messages look for these three here.
        known.setCgroupPath(message.getCgroupPath())
                .setUser(message.getUser())
                .setContainerId(message.getContainer().getId());
        return message.setImage(known);
    }

    private static Ancestor.Builder ancestor(dev.unraced.process.Ancestor ancestor) {
        Program program = ancestor.program();
        return Ancestor.newBuilder()
                .setTgid(ancestor.tgid())
                .setStartNanos(ancestor.startNanos())
                .setExecutable(bytes(program.executable()))
                .setFlags(program.flags())
                .setDeviceMajor(program.deviceMajor())
                .setDeviceMinor(program.deviceMinor())
                .setInode(program.inode())
                .setMountNamespace((int) ancestor.mountNamespace())
                .setMayBeLater(!ancestor.isAsOfFork());
    }

    private static dev.unraced.protocol.v1.Container.Builder container(Container container) {
        return dev.unraced.protocol.v1.Container.newBuilder()
                .setId(container.id())
                .setRuntime(container.runtime())
                .setPod(container.pod().orElse(""))
                .addAllOuter(container.outer())
                .setDelegatedTo((int) container.delegatedTo().orElse(0));
    }

    private static File.Builder file(ByteString path, int deviceMajor, int deviceMinor, long inode) {
        return File.newBuilder()
                .setPath(path)
                .setDeviceMajor(deviceMajor)
                .setDeviceMinor(deviceMinor)
                .setInode(inode);
    }

    private static ByteString bytes(Optional<dev.unraced.event.ByteString> value) {
        return value.map(bytes -> ByteString.copyFrom(bytes.toByteArray())).orElse(ByteString.EMPTY);
    }

    private static Caller caller(EventView event) {
        return Caller.newBuilder()
                .setTid(event.tid())
                .setTgid(event.tgid())
                .setThreadStartNanos(event.threadStartNanos())
                .setParentTgid(event.parentTgid())
                .setUid((int) event.uid())
                .setGid((int) event.gid())
                .setComm(bytes(event.comm()))
                .setCgroupId(event.cgroupId())
                .setMountNamespace((int) event.mountNamespace())
                .setPidNamespace((int) event.pidNamespace())
                .setContainerId(bytes(event.containerId()))
                .build();
    }

    private static Open open(EventView event) {
        Open.Builder open = Open.newBuilder()
                .setDirfd(event.dirfd())
                .setPath(bytes(event.path()))
                .setPathProvenance(
                        Provenance.forNumber(event.path().provenance().code()))
                .setPathIntegrity(Integrity.forNumber(event.path().integrity().code()))
                .setFlags(event.openFlags())
                .setMode(event.mode())
                .setResolve(event.resolve())
                .setHowSize(event.howSize())
                .setHowProvenance(Provenance.forNumber(event.howProvenance().code()))
                .setHowIntegrity(Integrity.forNumber(event.howIntegrity().code()));
        if (event.has(EventFlag.HAS_FILE)) {
            open.setFile(file(bytes(event.resolvedPath()), event.deviceMajor(), event.deviceMinor(), event.inode()));
        }
        return open.build();
    }

    private static Connect connect(EventView event) {
        Connect.Builder connect = Connect.newBuilder()
                .setFd(event.fd())
                .setAddress(bytes(event.address()))
                .setAddressProvenance(
                        Provenance.forNumber(event.address().provenance().code()))
                .setAddressIntegrity(
                        Integrity.forNumber(event.address().integrity().code()))
                .setAddrlen(event.addrlen());
        if (event.has(EventFlag.HAS_SOCKET)) {
            connect.setSocket(Socket.newBuilder()
                    .setFamily(event.socketFamily())
                    .setType(event.socketType())
                    .setProtocol(event.socketProtocol())
                    .setLocal(bytes(event.socketLocal()))
                    .setRemote(bytes(event.socketRemote())));
        }
        Provenance block = Provenance.forNumber(event.blockProvenance().code());
        if (block != Provenance.PROVENANCE_NONE) {
            connect.setBlock(Block.newBuilder()
                    .setProvenance(block)
                    .setIntegrity(Integrity.forNumber(event.blockIntegrity().code())));
        }
        return connect.build();
    }

    private static ByteString bytes(BytesView view) {
        if (view.length() == 0) {
            return ByteString.EMPTY;
        }
        byte[] copy = new byte[view.length()];
        view.copyTo(copy, 0);
        return UnsafeByteOperations.unsafeWrap(copy);
    }
}
