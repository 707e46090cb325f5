// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

/**
 * Loads the native half of JNA as other native parts are loaded, once in a process. JNA itself unpacks it into one
 * fixed directory, and becomes unusable in a process where that directory is mounted {@code noexec}.
 *
 * <p>JNA's own properties take precedence: {@code jna.boot.library.path}, {@code jna.tmpdir}, {@code jna.nosys} or
 * {@code jna.nounpack} have their usual effect. Thread-safe.
 */
public final class JnaDispatch {
    private static final String BOOT = "jna.boot.library.path";
    private static final String[] CHOICES = {BOOT, "jna.tmpdir", "jna.nosys", "jna.nounpack"};

    private static boolean loaded;

    private JnaDispatch() {}

    /**
     * Loads the native half, unless it is loaded already.
     *
     * @param jna the class {@code com.sun.jna.Native}; this has an effect only before the first use of that class
     * @throws NativePartException when the native half cannot be unpacked
     * @throws LinkageError when JNA does not accept it
     */
    public static synchronized void load(Class<?> jna) throws NativePartException {
        if (loaded) {
            return;
        }
        NativePart part = NativePart.at(jna, "/com/sun/jna/" + platform() + "/" + System.mapLibraryName("jnidispatch"));
        // The jar of a distribution's JNA has no native half; JNA finds it where the distribution installed it.
        if (isChosen() || !part.isPresent()) {
            initialise(jna);
        } else {
            part.use(copy -> {
                System.setProperty(BOOT, copy.getParent().toString());
                try {
                    initialise(jna);
                } finally {
                    System.clearProperty(BOOT);
                }
                return null;
            });
        }
        loaded = true;
    }

    /**
     * Loads the native half as {@link #load} does, for static initialisers.
     *
     * @throws UnsatisfiedLinkError when the native half cannot be unpacked; its message names the remedy
     */
    public static void require(Class<?> jna) {
        try {
            load(jna);
        } catch (NativePartException e) {
            UnsatisfiedLinkError error = new UnsatisfiedLinkError(e.getMessage() + " " + e.remedy());
            error.initCause(e);
            throw error;
        }
    }

    private static boolean isChosen() {
        for (String choice : CHOICES) {
            if (System.getProperty(choice) != null) {
                return true;
            }
        }
        return false;
    }

    private static void initialise(Class<?> jna) {
        try {
            Class.forName(jna.getName(), true, jna.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new NoClassDefFoundError(e.getMessage());
        }
    }

    /** Returns JNA's name of this platform. */
    private static String platform() {
        return "linux-" + (NativePart.machine().equals("x86_64") ? "x86-64" : NativePart.machine());
    }
}
