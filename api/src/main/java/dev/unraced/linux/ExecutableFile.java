// SPDX-License-Identifier: Apache-2.0
package dev.unraced.linux;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file as the kernel tells it from others.
 *
 * @param device the device of the file system's superblock, as {@code dev_t} of the kernel has it
 * @param inode the inode number
 */
public record ExecutableFile(int device, long inode) {
    private static final Pattern PROCESS = Pattern.compile("(/proc/[0-9]+)/.*", Pattern.DOTALL);

    /**
     * Returns the files that some paths lead to now.
     *
     * @throws IOException when one leads to no file, or its file system is unknown; the message names the path
     */
    public static Set<ExecutableFile> all(Collection<String> paths) throws IOException {
        Set<ExecutableFile> files = new LinkedHashSet<>();
        for (String path : paths) {
            files.add(of(path));
        }
        return files;
    }

    /**
     * Returns the file that a path leads to now.
     *
     * @throws IOException when it leads to no file, or the file system is unknown; the message names the path
     */
    public static ExecutableFile of(String text) throws IOException {
        try {
            Path path = Path.of(text);
            Map<String, Object> shown = Files.readAttributes(path, "unix:dev,ino,isRegularFile");
            if (!Boolean.TRUE.equals(shown.get("isRegularFile"))) {
                throw new IOException(text + " is no file");
            }
            int device = kernelDevice((long) shown.get("dev"));
            return new ExecutableFile(device(text, device), (long) shown.get("ino"));
        } catch (NoSuchFileException e) {
            throw new IOException("there is no " + text, e);
        } catch (AccessDeniedException e) {
            throw new IOException(text + " is closed to this process", e);
        } catch (InvalidPathException e) {
            throw new IOException(text + " cannot be written in " + System.getProperty("sun.jnu.encoding"), e);
        }
    }

    /** Returns the major number of the device. */
    public int deviceMajor() {
        return device >>> Mounts.MINOR_BITS;
    }

    /** Returns the minor number of the device. */
    public int deviceMinor() {
        return device & ((1 << Mounts.MINOR_BITS) - 1);
    }

    /** The device in stat(2) is another than the superblock's on file systems that give parts of theirs devices. */
    private static int device(String text, int shown) throws IOException {
        Matcher process = PROCESS.matcher(text);
        boolean elsewhere = process.matches();
        Mounts mounts = Mounts.of(Path.of(elsewhere ? process.group(1) : "/proc/self"));
        if (mounts.have(shown)) {
            return shown;
        }
        Mounts.Mount above = elsewhere ? null : mounts.above(Path.of(text).toRealPath());
        if (above == null) {
            throw new IOException("the file system of " + text + " is unknown here");
        }
        return above.device();
    }

    /** Converts the C library's {@code dev_t} (gnu_dev_major(3)) to the kernel's. */
    static int kernelDevice(long shown) {
        int major = (int) (((shown >>> 8) & 0xfff) | ((shown >>> 32) & 0xffff_f000L));
        int minor = (int) ((shown & 0xff) | ((shown >>> 12) & 0xffff_ff00L));
        return (major << Mounts.MINOR_BITS) | minor;
    }
}
