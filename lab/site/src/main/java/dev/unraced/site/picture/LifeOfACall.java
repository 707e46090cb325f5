// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site.picture;

/** One call from its entry to the handler: the thread on the left, what a driver does on the right. */
final class LifeOfACall {
    private static final int WIDTH = 884;
    private static final int HEIGHT = 470;
    private static final int THREAD = 40;
    private static final int DRIVER = 470;

    private final Svg svg = new Svg(
            "The life of an event",
            "A thread calls openat. At sys_enter the driver puts registers and its copy of the path into the stash."
                    + " Another thread can rewrite the path. The kernel copies the path, and in mode kernel the driver"
                    + " takes that copy. A later rewrite changes nothing. The kernel looks up and opens the file,"
                    + " which the driver takes there in mode kernel where threads share the descriptors. At sys_exit"
                    + " the driver takes the stash entry, reads the path again and looks at the file behind the"
                    + " descriptor. One record goes into the ring and becomes an event in Java, or one counted loss.",
            WIDTH,
            HEIGHT);

    String svg() {
        svg.text("head", "start", THREAD - 20, 28, "a thread of the observed machine")
                .text("head", "start", DRIVER, 28, "what a driver does")
                .text("", "start", THREAD - 20, 60, "openat(dirfd, path, flags)")
                .line("arrow", THREAD, 70, THREAD, 330);
        step(
                92,
                "sys_enter",
                "stash: registers, and the entry copy of the path",
                "under the thread (mode off: nothing)");
        attack(134, "another thread can rewrite the path here");
        step(176, "the kernel copies the path", "the kernel's own copy", "(mode kernel alone)");
        attack(218, "here too, but it changes nothing any more");
        step(
                250,
                "the work: looks up, opens, may block",
                "the file, where threads share descriptors",
                "(mode kernel alone)");
        attack(288, "and here");
        step(
                330,
                "sys_exit: result",
                "takes the stash entry, reads the path again,",
                "looks at the file behind the descriptor");
        svg.arrow(false, DRIVER + 60, 356, DRIVER + 60, 392);
        cell(DRIVER, 392, 130, "one record");
        svg.arrow(false, DRIVER + 130, 407, DRIVER + 158, 407);
        cell(DRIVER + 158, 392, 60, "ring");
        svg.arrow(false, DRIVER + 218, 407, DRIVER + 246, 407);
        cell(DRIVER + 246, 392, 140, "event in Java");
        svg.text("dim", "start", DRIVER, 448, "or one counted loss, for one of seven reasons");
        return svg.toString();
    }

    private void step(int y, String name, String first, String second) {
        svg.rectangle("other", THREAD - 4, y - 4, 8, 8)
                .text("", "start", THREAD + 18, y + 4, name)
                .arrow(false, THREAD + 26 + name.length() * Svg.LETTER, y, DRIVER - 8, y)
                .text("", "start", DRIVER, y + 4, first)
                .text("dim", "start", DRIVER, y + 4 + Svg.LINE, second);
    }

    private void attack(int y, String text) {
        svg.arrow(true, THREAD + 46, y, THREAD + 8, y).text("bad", "start", THREAD + 54, y + 4, text);
    }

    private void cell(int x, int y, int width, String text) {
        svg.rectangle("box", x, y, width, 30).text("head", "middle", x + width / 2.0, y + 19, text);
    }
}
