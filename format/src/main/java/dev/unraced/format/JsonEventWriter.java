// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import dev.unraced.event.Abi;
import dev.unraced.event.ArgumentView;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventType;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.process.ProcessTable;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes events as JSON objects, one a line, with every field; {@code docs/reference/events.md} is their schema. */
public final class JsonEventWriter implements EventWriter {
    private static final Bits EVENT_FLAGS = new Bits(Stream.of(EventFlag.values())
            .map(flag -> Map.entry(flag.name(), (long) flag.mask()))
            .toList());

    private static final byte[] NULL = LineBuffer.ascii("null");

    private static final byte[] TIME = LineBuffer.ascii("{\"time\":\"");
    private static final byte[] TIME_END = LineBuffer.ascii("Z\"");
    private static final Map<Syscall, byte[]> SYSCALL = fields("syscall", Syscall.class, JsonEventWriter::lowerCase);
    private static final Map<Abi, byte[]> ABI = fields("abi", Abi.class, Enum::name);
    private static final Map<Origin, byte[]> ORIGIN = fields("origin", Origin.class, Enum::name);
    private static final Map<Mitigation, byte[]> MITIGATION = fields("mitigation", Mitigation.class, Enum::name);
    private static final byte[] ENTER_NS = key("enter_ns");
    private static final byte[] EXIT_NS = key("exit_ns");
    private static final byte[] DURATION_NS = key("duration_ns");
    private static final byte[] NO_ENTER = LineBuffer.ascii(",\"enter_ns\":null,\"duration_ns\":null");
    private static final byte[] SOURCE = key("source");
    private static final byte[] SEQUENCE = key("sequence");
    private static final byte[] RESULT = key("result");
    private static final byte[] NO_RESULT = LineBuffer.ascii(",\"result\":null");
    private static final byte[] NO_EXIT = LineBuffer.ascii(",\"exit_ns\":null,\"duration_ns\":null");
    private static final Map<EventType, byte[]> TYPES = fields("type", EventType.class, Enum::name);
    private static final byte[] NO_ERROR = LineBuffer.ascii(",\"error\":null");
    private static final byte[] ERROR = key("error");
    private static final byte[][] INTERRUPTED = booleans("interrupted");
    private static final byte[] TID = key("tid");
    private static final byte[] TGID = key("tgid");
    private static final byte[] THREAD_START_NS = key("thread_start_ns");
    private static final byte[] PARENT_TGID = key("parent_tgid");
    private static final byte[] UID = key("uid");
    private static final byte[] GID = key("gid");
    private static final JsonKey COMM = JsonKey.of("comm");
    private static final byte[] CGROUP_ID = key("cgroup_id");
    private static final byte[] MOUNT_NS = key("mount_ns");
    private static final byte[] PID_NS = key("pid_ns");
    private static final JsonKey CONTAINER_ID = JsonKey.of("container_id");
    private static final byte[] FLAGS = key("flags");

    private static final byte[] DIRFD = key("dirfd");
    private static final JsonKey PATH = JsonKey.of("path");
    private static final Map<Provenance, byte[]> PATH_PROVENANCE =
            fields("path_provenance", Provenance.class, Enum::name);
    private static final Map<Integrity, byte[]> PATH_INTEGRITY = fields("path_integrity", Integrity.class, Enum::name);
    private static final byte[] OPEN_FLAGS = key("open_flags");
    private static final byte[] OPEN_FLAG_NAMES = key("open_flag_names");
    private static final byte[] MODE = key("mode");
    private static final byte[] RESOLVE = key("resolve");
    private static final byte[] RESOLVE_NAMES = key("resolve_names");
    private static final byte[] HOW_SIZE = key("how_size");
    private static final Map<Provenance, byte[]> HOW_PROVENANCE =
            fields("how_provenance", Provenance.class, Enum::name);
    private static final Map<Integrity, byte[]> HOW_INTEGRITY = fields("how_integrity", Integrity.class, Enum::name);
    private static final byte[] FILE = key("file");
    private static final JsonKey FILE_PATH = JsonKey.first("path");
    private static final byte[] DEVICE_MAJOR = key("device_major");
    private static final byte[] DEVICE_MINOR = key("device_minor");
    private static final byte[] INODE = key("inode");
    private static final byte[][] CREATED = booleans("created");

    private static final byte[] FD = key("fd");
    private static final byte[] ADDRLEN = key("addrlen");
    private static final byte[] ADDRESS = key("address");
    private static final Map<Provenance, byte[]> ADDRESS_PROVENANCE =
            fields("address_provenance", Provenance.class, Enum::name);
    private static final Map<Integrity, byte[]> ADDRESS_INTEGRITY =
            fields("address_integrity", Integrity.class, Enum::name);
    private static final Map<Provenance, byte[]> BLOCK_PROVENANCE =
            fields("block_provenance", Provenance.class, Enum::name);
    private static final Map<Integrity, byte[]> BLOCK_INTEGRITY =
            fields("block_integrity", Integrity.class, Enum::name);
    private static final byte[] SOCKET = key("socket");
    private static final byte[] FAMILY = LineBuffer.ascii("\"family\":");
    private static final byte[] TYPE = key("type");
    private static final byte[] PROTOCOL = key("protocol");
    private static final byte[] LOCAL = key("local");
    private static final byte[] REMOTE = key("remote");
    private static final byte[] IP = key("ip");
    private static final byte[] PORT = key("port");
    private static final byte[] SCOPE_ID = key("scope_id");
    private static final byte[][] ABSTRACT = booleans("abstract");
    private static final byte[] HEX = key("hex");

    private final WallClock clock;
    private final OpenFlagNames openFlags;
    private final TimeText timeText = new TimeText("yyyy-MM-dd'T'HH:mm:ss", ZoneOffset.UTC);
    private final byte[] scratch = new byte[0x10000];
    private final ProcessJson processes;
    private final @Nullable ProcessTable table;
    private final RawAddress address = new RawAddress();

    /**
     * Creates a writer.
     *
     * @param clock turns the events' times into times of day
     * @param openFlags the names of the flags, of the machine that the events are from
     */
    public JsonEventWriter(WallClock clock, OpenFlagNames openFlags) {
        this(clock, openFlags, null);
    }

    /**
     * Creates a writer that also writes the process behind each call.
     *
     * @param table knows the processes; null for events without them
     */
    public JsonEventWriter(WallClock clock, OpenFlagNames openFlags, @Nullable ProcessTable table) {
        this.clock = clock;
        this.openFlags = openFlags;
        this.processes = new ProcessJson(clock);
        this.table = table;
    }

    @Override
    public void writeProcess(ProcessView event, LineBuffer out) {
        processes.event(event, table, out);
    }

    @Override
    public void write(EventView event, LineBuffer out) {
        call(event, out);
        caller(event, out);
        if (table != null) {
            processes.process(event, table, out);
        }
        flags(event, out);
        if (event.isOpenLike()) {
            open(event, out);
        } else {
            connect(event, out);
        }
        out.put("}\n");
    }

    private void call(EventView event, LineBuffer out) {
        long enter = event.enterNanos();
        long exit = event.exitNanos();
        long result = event.result();
        out.put(TIME);
        timeText.put(out, clock.epochNanos(event.nanos()));
        out.put(TIME_END);
        out.put(TYPES.get(event.type()));
        out.put(SYSCALL.get(event.syscall()));
        out.put(ABI.get(event.abi()));
        out.put(ORIGIN.get(event.origin()));
        out.put(MITIGATION.get(event.mitigation()));
        if (event.isEnter()) {
            number(out, ENTER_NS, enter);
            out.put(NO_EXIT);
        } else if (enter == 0) {
            out.put(NO_ENTER);
            number(out, EXIT_NS, exit);
        } else {
            number(out, ENTER_NS, enter);
            number(out, EXIT_NS, exit);
            number(out, DURATION_NS, exit - enter);
        }
        out.put(SOURCE).putDecimal(event.source() & 0xffffffffL);
        out.put(SEQUENCE).putUnsigned(event.sequence());
        if (event.isEnter()) {
            out.put(NO_RESULT);
        } else {
            number(out, RESULT, result);
        }
        String error = event.errnoName().orElse(null);
        if (error == null) {
            out.put(NO_ERROR);
        } else {
            out.put(ERROR).put('"').put(error).put('"');
        }
        out.put(INTERRUPTED[event.isInterrupted() ? 1 : 0]);
    }

    private void caller(EventView event, LineBuffer out) {
        number(out, TID, event.tid());
        number(out, TGID, event.tgid());
        number(out, THREAD_START_NS, event.threadStartNanos());
        number(out, PARENT_TGID, event.parentTgid());
        number(out, UID, event.uid());
        number(out, GID, event.gid());
        bytes(out, COMM, event.comm());
        out.put(CGROUP_ID).putUnsigned(event.cgroupId());
        number(out, MOUNT_NS, event.mountNamespace());
        number(out, PID_NS, event.pidNamespace());
        bytes(out, CONTAINER_ID, event.containerId());
    }

    private static void flags(EventView event, LineBuffer out) {
        int flags = event.flags();
        out.put(FLAGS).put('[');
        EVENT_FLAGS.json(out, flags, true);
        out.put(']');
    }

    private void open(EventView event, LineBuffer out) {
        number(out, DIRFD, event.dirfd());
        ArgumentView path = event.path();
        bytes(out, PATH, path);
        out.put(PATH_PROVENANCE.get(path.provenance()));
        out.put(PATH_INTEGRITY.get(path.integrity()));
        out.put(OPEN_FLAGS).putUnsigned(event.openFlags());
        out.put(OPEN_FLAG_NAMES);
        openFlags.json(out, event.openFlags());
        out.put(MODE).putUnsigned(event.mode());
        out.put(RESOLVE).putUnsigned(event.resolve());
        out.put(RESOLVE_NAMES);
        OpenFlagNames.resolveJson(out, event.resolve());
        out.put(HOW_SIZE).putUnsigned(event.howSize());
        out.put(HOW_PROVENANCE.get(event.howProvenance()));
        out.put(HOW_INTEGRITY.get(event.howIntegrity()));
        out.put(FILE);
        if (event.has(EventFlag.HAS_FILE)) {
            out.put('{');
            bytes(out, FILE_PATH, event.resolvedPath());
            number(out, DEVICE_MAJOR, event.deviceMajor());
            number(out, DEVICE_MINOR, event.deviceMinor());
            out.put(INODE).putUnsigned(event.inode());
            out.put(CREATED[event.has(EventFlag.CREATED) ? 1 : 0]);
            out.put('}');
        } else {
            out.put(NULL);
        }
    }

    private void connect(EventView event, LineBuffer out) {
        number(out, FD, event.fd());
        ArgumentView requested = event.address();
        sockaddr(out, ADDRESS, requested);
        number(out, ADDRLEN, event.addrlen());
        out.put(ADDRESS_PROVENANCE.get(requested.provenance()));
        out.put(ADDRESS_INTEGRITY.get(requested.integrity()));
        if (event.blockProvenance() != Provenance.NONE) {
            out.put(BLOCK_PROVENANCE.get(event.blockProvenance()));
            out.put(BLOCK_INTEGRITY.get(event.blockIntegrity()));
        }
        out.put(SOCKET);
        if (event.has(EventFlag.HAS_SOCKET)) {
            out.put('{').put(FAMILY).put('"');
            SocketNames.family(out, event.socketFamily());
            out.put('"').put(TYPE).put('"');
            SocketNames.type(out, event.socketType());
            out.put('"');
            number(out, PROTOCOL, event.socketProtocol());
            sockaddr(out, LOCAL, event.socketLocal());
            sockaddr(out, REMOTE, event.socketRemote());
            out.put('}');
        } else {
            out.put(NULL);
        }
    }

    private void sockaddr(LineBuffer out, byte[] key, BytesView view) {
        out.put(key);
        if (!address.read(view)) {
            out.put(NULL);
            return;
        }
        out.put('{').put(FAMILY);
        if (address.family() < 0) {
            out.put(NULL);
        } else {
            out.put('"');
            SocketNames.family(out, address.family());
            out.put('"');
        }
        if (address.hasIp()) {
            out.put(IP).put('"');
            address.ip(out);
            out.put('"');
            number(out, PORT, address.port());
            number(out, SCOPE_ID, address.scope());
        } else if (address.isUnix()) {
            unix(out);
        }
        out.put(HEX);
        JsonText.putHex(out, address.bytes, 0, address.length);
        out.put('}');
    }

    private void unix(LineBuffer out) {
        if (address.isUnnamed()) {
            out.put(PATH.name).put(NULL);
        } else {
            bytes(out, PATH, address.bytes, address.unixStart(), address.unixEnd());
        }
        out.put(ABSTRACT[address.isAbstract() ? 1 : 0]);
    }

    private void bytes(LineBuffer out, JsonKey key, BytesView view) {
        if (view.isPresent()) {
            bytes(out, key, scratch, 0, view.copyTo(scratch, 0));
        } else {
            out.put(key.name).put(NULL);
        }
    }

    private static void bytes(LineBuffer out, JsonKey key, byte[] bytes, int from, int to) {
        out.put(key.name);
        if (!JsonText.put(out, bytes, from, to)) {
            out.put(key.hex);
            JsonText.putHex(out, bytes, from, to);
        }
    }

    private static void number(LineBuffer out, byte[] key, long value) {
        out.put(key).putDecimal(value);
    }

    private static byte[] key(String name) {
        return LineBuffer.ascii(",\"" + name + "\":");
    }

    /** Returns a whole field for each constant. */
    private static <E extends Enum<E>> Map<E, byte[]> fields(String name, Class<E> type, Function<E, String> value) {
        Map<E, byte[]> fields = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            fields.put(constant, LineBuffer.ascii(",\"" + name + "\":\"" + value.apply(constant) + '"'));
        }
        return fields;
    }

    /** Returns a whole field for false and for true. */
    private static byte[][] booleans(String name) {
        return new byte[][] {
            LineBuffer.ascii(",\"" + name + "\":false"), LineBuffer.ascii(",\"" + name + "\":true"),
        };
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
