// SPDX-License-Identifier: Apache-2.0
package dev.unraced.natives;

/**
 * The native half of JNA, loaded as other parts are, once in a process. By itself JNA unpacks it into one directory,
 * and cannot be used any more in a process where that one is mounted {@code noexec}.
 *
 * <p>JNA's own properties come first: with {@code jna.boot.library.path}, {@code jna.tmpdir}, {@code jna.nosys} or
 * {@code jna.nounpack} it does what they say. Thread-safe.
 */
public final class JnaDispatch {
    private static final String BOOT = "jna.boot.library.path";
    private static final String[] CHOICES = {BOOT, "jna.tmpdir", "jna.nosys", "jna.nounpack"};

    private static boolean loaded;

    private JnaDispatch() {}

    /**
     * Loads it, unless that was done before.
     *
     * @param jna the class {@code com.sun.jna.Native}, which must not have been used yet for this to have an effect
     * @throws NativePartException when it cannot be unpacked
     * @throws LinkageError when JNA does not take it
     */
    public static synchronized void load(Class<?> jna) throws NativePartException {
        if (loaded) {
            return;
        }
        NativePart part = NativePart.at(jna, "/com/sun/jna/" + platform() + "/" + System.mapLibraryName("jnidispatch"));
        // A distribution's JNA has none in its jar, and finds it where the distribution put it.
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
     * As {@link #load}, for static initialisers.
     *
     * @throws UnsatisfiedLinkError when it cannot be unpacked; it says what helps
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

    /** As JNA calls it. */
    private static String platform() {
        return "linux-" + (NativePart.machine().equals("x86_64") ? "x86-64" : NativePart.machine());
    }
}
