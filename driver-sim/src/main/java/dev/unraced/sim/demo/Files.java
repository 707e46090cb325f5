// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.demo;

import dev.unraced.sim.SimKernel;

/** The files that the scenes use. */
final class Files {
    private Files() {}

    static void make(SimKernel kernel) {
        kernel.files()
                .file("/etc/hosts")
                .file("/etc/ld.so.cache")
                .file("/etc/resolv.conf")
                .file("/etc/crontab")
                .file("/usr/share/zoneinfo/Etc/UTC")
                .symlink("/usr/share/zoneinfo/Etc/UTC", "/etc/localtime")
                .file("/home/ada/.bashrc")
                .file("/home/ada/notes.txt")
                .file("/home/ada/src/main.c")
                .file("/usr/lib/libc.so.6")
                .file("/usr/include/stdio.h")
                .file("/usr/include/stdlib.h")
                .file("/usr/include/string.h")
                .file("/usr/include/errno.h")
                .file("/srv/www/index.html")
                .file("/srv/www/style.css")
                .file("/srv/www/logo.svg")
                .file("/var/lib/redis/dump.rdb")
                .file("/tmp/report.txt")
                .directory("/var/spool/cron")
                .directory("/run");
    }
}
