// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf.libbpf;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import dev.unraced.ebpf.libbpf.EbpfFailure.Step;
import dev.unraced.natives.JnaDispatch;
import dev.unraced.natives.NativePart;
import dev.unraced.natives.NativePartException;
import org.jspecify.annotations.Nullable;

/**
 * The control plane of libbpf, by JNA's direct mapping. Functions are those of libbpf's {@code libbpf.h} and
 * {@code bpf.h}. Functions that return an int return a negated errno on failure; functions that return a pointer return
 * null and set errno.
 */
public final class LibBpf {
    /**
     * The configuration's name for the library in the jar, or for the system's library where the jar's cannot be used.
     */
    public static final String AUTO = "auto";

    private static final String BUNDLED = "bundled";
    public static final String OF_SYSTEM = "libbpf.so.1";
    private static final NativePart PART = NativePart.of(LibBpf.class, "libunraced_bpf.so");

    private static @Nullable String bound;
    private static String origin = "none";

    private LibBpf() {}

    /**
     * Binds the functions to a library, once per process.
     *
     * @param library a name or path, or {@link #AUTO}
     * @throws EbpfFailure when the library is missing or too old, or another library is bound already
     */
    public static synchronized void bind(String library) throws EbpfFailure {
        if (library.equals(bound)) {
            return;
        }
        if (bound != null) {
            throw new EbpfFailure(Step.FIND_LIBBPF, library, new IllegalStateException(bound));
        }
        try {
            JnaDispatch.load(Native.class);
        } catch (NativePartException e) {
            throw new EbpfFailure(Step.UNPACK, e.getMessage(), e);
        } catch (LinkageError e) {
            throw new EbpfFailure(Step.FIND_JNA, rootOf(e).toString(), e);
        }
        try {
            Native.register(LibBpf.class, library.equals(AUTO) ? automatic() : NativeLibrary.getInstance(library));
        } catch (UnsatisfiedLinkError e) {
            throw new EbpfFailure(Step.FIND_LIBBPF, library, e);
        }
        if (!library.equals(AUTO)) {
            origin = library;
        }
        bound = library;
    }

    /** Returns a description of the bound library, for people. */
    public static synchronized String description() {
        return bound == null
                ? "none"
                : origin + ", version " + libbpf_version_string().substring(1);
    }

    /** Returns the library in the jar if possible, since the tests use it; else the system's. */
    private static NativeLibrary automatic() throws EbpfFailure {
        try {
            NativeLibrary library = PART.use(copy -> NativeLibrary.getInstance(copy.toString()));
            origin = BUNDLED;
            return library;
        } catch (NativePartException e) {
            origin = OF_SYSTEM;
            return ofSystem(e);
        }
    }

    private static NativeLibrary ofSystem(NativePartException withoutOurs) throws EbpfFailure {
        try {
            return NativeLibrary.getInstance(OF_SYSTEM);
        } catch (UnsatisfiedLinkError e) {
            withoutOurs.addSuppressed(e);
            throw new EbpfFailure(Step.UNPACK, withoutOurs.getMessage(), withoutOurs);
        }
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** Steps that use the library. */
    public interface Steps<T> {
        T take() throws EbpfFailure;
    }

    /**
     * Keeps the library from printing messages to standard error, as the failure reports them better. The printer is
     * the whole process's, hence the lock.
     */
    public static synchronized <T> T quietly(Steps<T> steps) throws EbpfFailure {
        Pointer printer = libbpf_set_print(null);
        try {
            return steps.take();
        } finally {
            libbpf_set_print(printer);
        }
    }

    public static native Pointer bpf_object__open_mem(Pointer bytes, long size, Pointer options);

    public static native int bpf_object__load(Pointer object);

    public static native void bpf_object__close(Pointer object);

    public static native @Nullable Pointer bpf_object__find_program_by_name(Pointer object, String name);

    public static native @Nullable Pointer bpf_object__find_map_by_name(Pointer object, String name);

    public static native @Nullable Pointer bpf_object__next_program(Pointer object, @Nullable Pointer before);

    public static native String bpf_program__name(Pointer program);

    public static native String bpf_program__section_name(Pointer program);

    public static native int bpf_program__set_autoload(Pointer program, boolean load);

    public static native int bpf_program__fd(Pointer program);

    public static native @Nullable Pointer bpf_program__attach(Pointer program);

    public static native @Nullable Pointer bpf_program__attach_perf_event(Pointer program, int fd);

    public static native int bpf_link__destroy(Pointer link);

    public static native int bpf_link__fd(Pointer link);

    public static native int bpf_iter_create(int link);

    public static native @Nullable Pointer bpf_object__next_map(Pointer object, @Nullable Pointer before);

    public static native String bpf_map__name(Pointer map);

    public static native int bpf_map__fd(Pointer map);

    public static native int bpf_map__reuse_fd(Pointer map, int fd);

    public static native int bpf_map__set_max_entries(Pointer map, int entries);

    public static native int bpf_map_create(
            int type, String name, int keySize, int valueSize, int entries, @Nullable Pointer options);

    public static native int bpf_map_update_elem(int map, Pointer key, Pointer value, long flags);

    public static native int bpf_map_delete_elem(int map, Pointer key);

    public static native int bpf_prog_test_run_opts(int program, Pointer options);

    public static native int bpf_prog_get_info_by_fd(int program, Pointer info, Pointer length);

    public static native int libbpf_find_vmlinux_btf_id(String name, int attachType);

    public static native int libbpf_num_possible_cpus();

    public static native String libbpf_version_string();

    public static native @Nullable Pointer libbpf_set_print(@Nullable Pointer function);
}
