// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.unraced.ebpf.libbpf.EbpfFailure;
import dev.unraced.ebpf.libbpf.EbpfFailure.Step;
import dev.unraced.ebpf.libbpf.KernelFileSystem;
import dev.unraced.ebpf.libbpf.LibBpf;
import dev.unraced.ebpf.libbpf.Machine;
import dev.unraced.ebpf.libbpf.PerfEvent;
import dev.unraced.event.Syscall;
import dev.unraced.linux.Errno;
import dev.unraced.natives.LibC;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The programs and maps in the kernel. The kernel frees them when this object is closed, or when the process ends. */
final class BpfObject implements AutoCloseable {
    private static final Pattern EVENT = Pattern.compile("tracepoint/(\\w+)/(\\w+)");
    private static final String MEMLOCK = "memlock:";
    private static final int OPTIONS_SIZE = 88;
    private static final int OPTIONS_LOG = 56;
    private static final int OPTIONS_LOG_SIZE = 64;
    private static final int LOG_SIZE = 1 << 20;
    private static final int TEST_RUN_SIZE = 80;

    private final Pointer object;
    private final List<Pointer> links = new ArrayList<>();
    private final List<String> loaded;
    private boolean closed;

    private BpfObject(Pointer object, List<String> loaded) {
        this.object = object;
        this.loaded = loaded;
    }

    /** The changes to an object after it is opened and before it is loaded. */
    private interface Preparation {
        void prepare(BpfObject object) throws EbpfFailure;
    }

    /** Loads the programs of the given calls, with maps of the given sizes. */
    static BpfObject load(EbpfSettings settings, int cpus) throws EbpfFailure {
        return load(settings.object(), programsOf(settings), object -> {
            object.leaveOut(object.names(), object.loaded);
            object.resize("ring", settings.ringPerCpu() ? LibC.getpagesize() : settings.ringBytes());
            object.resize("rings", settings.ringPerCpu() ? cpus : 1);
            object.resize("slots", settings.stashSlots());
            object.resize("stash", settings.stashEntries());
            // A call that the stash refuses has an entry for a moment, at most one on each CPU.
            object.resize("connecting_sockets", settings.stashEntries() + cpus);
            object.resize("requested_sockets", settings.requestEntries() / 2 + 1);
            object.resize("long_stash", settings.stashLongPaths());
            object.resize("requests", settings.requestEntries());
            // The entries of the others are evicted where more are pending, and nothing else tells which one has
            // ended.
            object.resize("pending", settings.requestEntries());
            object.resize("long_requests", settings.longRequestEntries());
            if (settings.copies() == CopyChoice.NONE) {
                object.resize("copies", 1);
                object.resize("resolved_objects", 1);
            }
            object.resize("counters", cpus);
            object.resize("ledgers", cpus);
            SourceFilters.resize(object, settings.filters());
        });
    }

    /** Loads some programs of an object, which share the maps of the same name with the main object. */
    static BpfObject loadBeside(BpfObject main, String name, Set<String> wanted) throws EbpfFailure {
        return load(name, List.copyOf(wanted), object -> {
            object.leaveOut(object.names(), wanted);
            object.share(main);
        });
    }

    private static BpfObject load(String name, List<String> programs, Preparation preparation) throws EbpfFailure {
        byte[] elf = elf(name);
        try (Memory bytes = new Memory(elf.length);
                Memory log = new Memory(LOG_SIZE);
                Memory options = new Memory(OPTIONS_SIZE)) {
            bytes.write(0, elf, 0, elf.length);
            log.setByte(0, (byte) 0);
            options.clear();
            options.setLong(0, OPTIONS_SIZE);
            options.setPointer(OPTIONS_LOG, log);
            options.setLong(OPTIONS_LOG_SIZE, LOG_SIZE);
            return load(bytes, options, log, programs, preparation);
        }
    }

    private static BpfObject load(
            Memory elf, Memory options, Memory log, List<String> programs, Preparation preparation) throws EbpfFailure {
        Pointer object = LibBpf.bpf_object__open_mem(elf, elf.size(), options);
        if (object == null) {
            throw new EbpfFailure(Step.OPEN_OBJECT, Native.getLastError(), "bpf_object__open_mem");
        }
        BpfObject result = new BpfObject(object, programs);
        try {
            preparation.prepare(result);
            int error = LibBpf.bpf_object__load(object);
            if (error != 0) {
                throw new EbpfFailure(Step.LOAD, -error, lastLine(log.getString(0)));
            }
            return result;
        } catch (EbpfFailure | RuntimeException e) {
            result.close();
            throw e;
        }
    }

    int map(String name) {
        Pointer map = LibBpf.bpf_object__find_map_by_name(object, name);
        if (map == null) {
            throw new IllegalArgumentException("the object has no map " + name);
        }
        return LibBpf.bpf_map__fd(map);
    }

    /**
     * Returns the kernel's own figure of a map's memory in bytes, from {@code /proc/self/fdinfo}; 0 when the kernel
     * gives none.
     */
    long memory(String map) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + map(map)))) {
                if (line.startsWith(MEMLOCK)) {
                    return Long.parseLong(line.substring(MEMLOCK.length()).strip());
                }
            }
            return 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    /** Returns the names of the loaded programs. */
    List<String> programs() {
        return loaded;
    }

    int program(String name) {
        return LibBpf.bpf_program__fd(find(name));
    }

    /** Puts a 32-bit value into an array. */
    void putInt(String map, int key, int value) throws EbpfFailure {
        try (Memory keyMemory = new Memory(Integer.BYTES);
                Memory valueMemory = new Memory(Integer.BYTES)) {
            keyMemory.setInt(0, key);
            valueMemory.setInt(0, value);
            int error = LibBpf.bpf_map_update_elem(map(map), keyMemory, valueMemory, 0);
            if (error != 0) {
                throw new EbpfFailure(Step.LOAD, -error, "map " + map + ", errno " + Native.getLastError());
            }
        }
    }

    /**
     * Runs a program of type iter to its end, once for each thing that it iterates over. The program writes nothing to
     * its reader.
     */
    void iterate(String name) throws EbpfFailure {
        Pointer link = LibBpf.bpf_program__attach(find(name));
        if (link == null) {
            throw new EbpfFailure(Step.ATTACH, Native.getLastError(), name);
        }
        try (Memory nothing = new Memory(Long.BYTES)) {
            int iterator = LibBpf.bpf_iter_create(LibBpf.bpf_link__fd(link));
            if (iterator < 0) {
                throw new EbpfFailure(Step.RUN_PROGRAM, -iterator, name);
            }
            long read = LibC.read(iterator, nothing, nothing.size());
            int error = read < 0 ? Native.getLastError() : 0;
            LibC.close(iterator);
            if (read != 0) {
                throw new EbpfFailure(Step.RUN_PROGRAM, error, name);
            }
        } finally {
            LibBpf.bpf_link__destroy(link);
        }
    }

    /** Runs a program of type syscall, or one of a raw tracepoint that reads no argument, once, on this thread. */
    void run(String name) throws EbpfFailure {
        try (Memory options = new Memory(TEST_RUN_SIZE)) {
            options.clear();
            options.setLong(0, TEST_RUN_SIZE);
            int error = LibBpf.bpf_prog_test_run_opts(program(name), options);
            if (error != 0) {
                throw new EbpfFailure(Step.RUN_PROGRAM, -error, name);
            }
        }
    }

    /** Attaches a program to the tracepoint or function that its section names. */
    void attach(String name) throws EbpfFailure {
        Pointer program = find(name);
        Matcher event = EVENT.matcher(LibBpf.bpf_program__section_name(program));
        if (!event.matches()) {
            keep(name, LibBpf.bpf_program__attach(program));
            return;
        }
        // libbpf would need a mounted tracefs.
        try (KernelFileSystem tracefs = KernelFileSystem.tracefs()) {
            attach(name, PerfEvent.ofTracepoint(tracefs.tracepoint(event.group(1), event.group(2))));
        }
    }

    /** Attaches a program to a perf event; the link owns the event's descriptor from then on. */
    void attach(String name, int perfEvent) throws EbpfFailure {
        try {
            keep(name, LibBpf.bpf_program__attach_perf_event(find(name), perfEvent));
        } catch (EbpfFailure | RuntimeException e) {
            LibC.close(perfEvent);
            throw e;
        }
    }

    /** Detaches the programs and keeps the maps. The kernel waits for each detachment, so they run in parallel. */
    void detach() {
        if (links.isEmpty()) {
            return;
        }
        links.parallelStream().forEach(LibBpf::bpf_link__destroy);
        links.clear();
        // Not every kernel waits for running programs if others are attached to the same tracepoint.
        Machine.awaitGracePeriod();
    }

    /** Detaches and unloads everything. Further calls do nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        detach();
        LibBpf.bpf_object__close(object);
    }

    private void keep(String name, Pointer link) throws EbpfFailure {
        if (link == null) {
            throw new EbpfFailure(Step.ATTACH, Native.getLastError(), name);
        }
        links.add(link);
    }

    void resize(String map, int entries) throws EbpfFailure {
        Pointer found = LibBpf.bpf_object__find_map_by_name(object, map);
        int error = found == null ? -Errno.ENOENT : LibBpf.bpf_map__set_max_entries(found, entries);
        if (error != 0) {
            throw new EbpfFailure(Step.OPEN_OBJECT, -error, "map " + map + " of " + entries);
        }
    }

    private Pointer find(String name) {
        Pointer program = LibBpf.bpf_object__find_program_by_name(object, name);
        if (program == null) {
            throw new IllegalArgumentException("the object has no program " + name);
        }
        return program;
    }

    private static List<String> programsOf(EbpfSettings settings) {
        Set<String> programs = new LinkedHashSet<>(
                List.of("thread_exit", "init_control", "entries_begin", "change_filter", "filters_changed"));
        if (!settings.isAtFunctions() && !EntryPoints.servesAllConventions(settings)) {
            for (Syscall syscall : settings.syscalls()) {
                programs.add(entryOf(syscall));
                programs.add(returnOf(syscall));
            }
        }
        programs.addAll(EntryPoints.programs(settings));
        return List.copyOf(programs);
    }

    /** Shares all maps except internal ones, such as the map of constants, whose names have a dot. */
    private void share(BpfObject other) throws EbpfFailure {
        Pointer map = LibBpf.bpf_object__next_map(object, null);
        for (; map != null; map = LibBpf.bpf_object__next_map(object, map)) {
            String name = LibBpf.bpf_map__name(map);
            Pointer shared = name.contains(".") ? null : LibBpf.bpf_object__find_map_by_name(other.object, name);
            int error = shared == null ? 0 : LibBpf.bpf_map__reuse_fd(map, LibBpf.bpf_map__fd(shared));
            if (error != 0) {
                throw new EbpfFailure(Step.OPEN_OBJECT, -error, "sharing the map " + name);
            }
        }
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        Pointer program = LibBpf.bpf_object__next_program(object, null);
        for (; program != null; program = LibBpf.bpf_object__next_program(object, program)) {
            names.add(LibBpf.bpf_program__name(program));
        }
        return names;
    }

    private void leaveOut(Collection<String> all, Collection<String> needed) {
        for (String program : all) {
            if (!needed.contains(program)) {
                LibBpf.bpf_program__set_autoload(find(program), false);
            }
        }
    }

    /** Returns the program at the entry of a call; all opens share one. */
    static String entryOf(Syscall syscall) {
        return syscall.isOpenLike() ? "enter_opens" : "enter_connect";
    }

    /** Returns the program at the return of a call; all opens share one. */
    static String returnOf(Syscall syscall) {
        return syscall.isOpenLike() ? "exit_opens" : "exit_connect";
    }

    private static byte[] elf(String name) throws EbpfFailure {
        String path = "/META-INF/native/linux-" + Machine.localArchitecture() + "/" + name;
        try (InputStream in = BpfObject.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new EbpfFailure(Step.FIND_OBJECT, 0, path);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new EbpfFailure(Step.FIND_OBJECT, path, e);
        }
    }

    /** Returns the verifier's verdict, which is the last line before its statistics. */
    private static String lastLine(String log) {
        String last = "";
        for (String line : log.lines().toList()) {
            if (!line.isBlank() && !line.startsWith("processed ")) {
                last = line.strip();
            }
        }
        return last;
    }
}
