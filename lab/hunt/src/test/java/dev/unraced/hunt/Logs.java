// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

/** Logs as the acting program writes them: a tree with a/x, a/p/x, b/x and the link a/l, which leads to x. */
final class Logs {
    static final String BASE = "/hunt";

    private Logs() {}

    static ActLog of(String... lines) {
        ActLog log = new ActLog();
        log.add("base path=" + BASE);
        node(log, ".", 1, "dir", "");
        node(log, "a", 2, "dir", "");
        node(log, "a/x", 3, "file", "");
        node(log, "a/l", 4, "link", "x");
        node(log, "a/p", 5, "dir", "");
        node(log, "a/p/x", 6, "file", "");
        node(log, "b", 7, "dir", "");
        node(log, "b/x", 8, "file", "");
        node(log, "c", 9, "dir", "");
        log.add("actor a=0 t=10 g=10 tab=0 ns=77");
        for (String line : lines) {
            log.add(line);
        }
        log.finish();
        return log;
    }

    private static void node(ActLog log, String path, int inode, String kind, String target) {
        log.add("node path=" + path + " ino=" + inode + " dev=0:5 kind=" + kind + " target=" + target);
    }

    /** An openat of the thread 10 between two times. */
    static String open(int begin, int end, String rest) {
        return "act a=0 o=0 r=0 t=10 g=10 b=" + begin + " e=" + end + " l=" + (end + 1)
                + " via=native call=openat res=3 ran=1 tag=-1 ns=77 tab=0 dir=-100 base=0 flags=0 mode=0 resolve=0 how=0"
                + " gone=0 " + rest;
    }

    static String connect(int begin, int end, String rest) {
        return "act a=0 o=0 r=0 t=10 g=10 b=" + begin + " e=" + end + " l=" + (end + 1)
                + " via=native call=connect res=0 ran=1 tag=-1 ns=77 tab=0 fd=4 block=0 gone=0 len=16 " + rest;
    }

    static String change(int number, int begin, int end, String rest) {
        return "change n=" + number + " a=1 o=0 r=0 b=" + begin + " e=" + end + " res=0 ns=77 ino=0 value=0 " + rest;
    }
}
