// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.kmod;

import dev.unraced.cli.common.PrintedText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The module of one kernel, in one folder. Each step runs the system's own tool, and prints that tool's output. */
public final class KernelModule {
    /** The usual folder for builds; it belongs to root, since root loads the modules. */
    public static final Path USUAL_DIRECTORY = Path.of("/var/cache/unraced/kmod");

    private static final String FILE = "unraced.ko";

    private final Path root;
    private final String release;
    private final Path directory;

    /**
     * Returns the module of the running kernel.
     *
     * @param directory the directory with a folder for each kernel
     */
    public static KernelModule ofThisMachine(Path directory) {
        return new KernelModule(Path.of("/"), System.getProperty("os.version", ""), directory);
    }

    /** Makes the module of a kernel whose files lie under a root. */
    KernelModule(Path root, String release, Path directory) {
        this.root = root;
        this.release = release;
        this.directory = directory.resolve(release);
    }

    /** Returns the file of the built module. */
    public Path file() {
        return directory.resolve(FILE);
    }

    /** Builds the module. Returns the exit code of make, or 1 when make cannot be tried. */
    public int build(PrintStream told) throws IOException, InterruptedException {
        Path headers = headers();
        if (!Files.exists(headers.resolve("Makefile"))) {
            told.println(
                    "The headers of kernel " + release + " are missing. Install them; Debian, Ubuntu: apt-get install"
                            + " linux-headers-" + release + "; Fedora: dnf install kernel-devel-" + release);
            return 1;
        }
        ModuleSources.unpack(directory);
        return run(told, List.of("make", "-C", headers.toString(), "M=" + directory.toAbsolutePath(), "modules"));
    }

    /** Loads the module. Returns the exit code of insmod, or 1 when insmod cannot be tried. */
    public int load(PrintStream told) throws IOException, InterruptedException {
        if (isLoaded()) {
            told.println("The module is loaded already.");
            return 0;
        }
        if (!Files.exists(file())) {
            told.println("There is no module for kernel " + release + " in " + directory + others()
                    + ". First run: unraced kmod build");
            return 1;
        }
        PrintedText said = new PrintedText();
        int status = run(said, List.of("insmod", file().toString()));
        String text = said.take();
        told.print(text);
        if (status != 0) {
            LoadAdvice.after(text, root, release).ifPresent(told::println);
        }
        return status;
    }

    /** Unloads the module; the kernel refuses while a capture is open. Returns the exit code of rmmod. */
    public int unload(PrintStream told) throws IOException, InterruptedException {
        if (!isLoaded()) {
            told.println("The module is not loaded.");
            return 0;
        }
        return run(told, List.of("rmmod", "unraced"));
    }

    /** Returns the state of kernel, headers and module, a line each. */
    public String status() {
        return "kernel   " + release + "\n"
                + "headers  "
                + (Files.exists(headers().resolve("Makefile")) ? headers().toString() : "missing") + "\n"
                + "module   " + (Files.exists(file()) ? file().toString() : "not built") + "\n"
                + "loaded   " + (isLoaded() ? "yes" : "no") + "\n";
    }

    /** Returns whether the module is loaded. */
    public boolean isLoaded() {
        return Files.exists(root.resolve("sys/module/unraced"));
    }

    /** Returns the kernels that have a module, as the rest of a sentence. */
    private String others() throws IOException {
        if (!Files.isDirectory(directory.getParent())) {
            return "";
        }
        try (Stream<Path> kernels = Files.list(directory.getParent())) {
            String names = kernels.filter(kernel -> Files.exists(kernel.resolve(FILE)))
                    .map(kernel -> kernel.getFileName().toString())
                    .sorted()
                    .collect(Collectors.joining(", "));
            return names.isEmpty() ? "" : ", only for " + names;
        }
    }

    private Path headers() {
        return root.resolve("lib/modules").resolve(release).resolve("build");
    }

    private static int run(PrintStream told, List<String> command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            told.println(
                    "'" + command.get(0) + "' cannot be run; install it (Debian, Ubuntu: apt-get install make kmod).");
            return 1;
        }
        process.getOutputStream().close();
        told.print(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        return process.waitFor();
    }
}
