// SPDX-License-Identifier: Apache-2.0
package dev.unraced.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answer whether the running kernel can put a thread aside within the kernel, in the middle of a program. Where
 * that cannot be found out, it counts as preempting.
 *
 * @param isOff whether no thread is put aside within the kernel
 * @param source what told so, for people
 */
public record Preemption(boolean isOff, String source) {
    /** The model in use is in parentheses, such as {@code none (voluntary) full}: kernel/sched/debug.c. */
    private static final String MODELS = "sched/preempt";

    private static final Pattern MODEL_IN_USE = Pattern.compile("\\((\\w+)\\)");
    /** The boot parameter of setup_preempt_mode() in kernel/sched/core.c; the last one counts. */
    private static final Pattern PARAMETER = Pattern.compile("(?:^|\\s)preempt=(\\w+)");

    private static final Pattern BUILT_AS = Pattern.compile("^CONFIG_PREEMPT_(NONE|VOLUNTARY)=y$", Pattern.MULTILINE);
    /**
     * A kernel whose model is chosen when it boots says this in its version, and one that can be lazy in its
     * configuration.
     */
    private static final String DYNAMIC = "PREEMPT_DYNAMIC";

    private static final String LAZY = "CONFIG_ARCH_HAS_PREEMPT_LAZY=y";
    private static final List<String> OFF = List.of("none", "voluntary");

    /**
     * Finds out about the running kernel.
     *
     * @param debugfs the directories in which debugfs is, or may be
     */
    public static Preemption of(List<Path> debugfs) {
        return of(Path.of("/"), debugfs, System.getProperty("os.version", ""));
    }

    static Preemption of(Path root, List<Path> debugfs, String release) {
        // UTS_VERSION of a kernel that was built to preempt, or to choose at boot, says PREEMPT.
        String version = TextFile.read(root.resolve("proc/sys/kernel/version"));
        if (!version.isEmpty() && !version.contains("PREEMPT")) {
            return new Preemption(true, "this kernel was built without preemption");
        }
        for (Path directory : debugfs) {
            Matcher model = MODEL_IN_USE.matcher(TextFile.read(directory.resolve(MODELS)));
            if (model.find()) {
                return model(model.group(1), "debugfs");
            }
        }
        String built = TextFile.read(root.resolve("boot/config-" + release));
        // Kernels that can preempt lazily know no other model that leaves a thread alone, whatever their command line
        // says.
        boolean isChosen = version.contains(DYNAMIC) && !built.isEmpty() && !built.contains(LAZY);
        String parameter = parameter(TextFile.read(root.resolve("proc/cmdline")));
        if (isChosen && !parameter.isEmpty()) {
            return model(parameter, "the kernel's command line");
        }
        Matcher model = BUILT_AS.matcher(built);
        return isChosen && model.find()
                ? model(model.group(1).toLowerCase(Locale.ROOT), "the kernel's configuration in /boot")
                : new Preemption(
                        false, "it cannot be found out whether this kernel preempts; a mounted debugfs tells it");
    }

    /** Returns the model that the command line asks for; empty when it asks for none. Words behind -- are init's. */
    private static String parameter(String line) {
        String parameter = "";
        Matcher words = PARAMETER.matcher(line.split(" -- ", 2)[0]);
        while (words.find()) {
            parameter = words.group(1);
        }
        return parameter;
    }

    private static Preemption model(String name, String where) {
        return new Preemption(OFF.contains(name), "the kernel's preemption is " + name + ", says " + where);
    }
}
