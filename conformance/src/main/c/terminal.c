/* SPDX-License-Identifier: Apache-2.0 */
/* A process takes a controlling terminal, gives it up, or has none; and what the kernel says of it. */
#include "actor.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* The field tty_nr of /proc/PID/stat, counted from the one behind the name: proc_pid_stat(5). */
#define FIELD_TTY 5

/* Reads by what number /proc/self/stat names the terminal; the open is a watched call. */
static bool read_witness(struct terminal *terminal, long mode)
{
	int fd = (int)watched_openat(ABI_NATIVE, AT_FDCWD, "/proc/self/stat", O_RDONLY, mode);
	char text[1024];
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	close(fd);
	if (length < 0)
		return false;
	text[length] = 0;
	/* A name can have any character. */
	const char *field = strrchr(text, ')');
	for (int i = 0; field && i < FIELD_TTY; i++)
		field = strchr(field + 1, ' ');
	if (!field)
		return false;
	/* new_encode_dev() of include/linux/kdev_t.h */
	unsigned number = (unsigned)atoi(field);
	terminal->witness_major = number >> 8 & 0xfff;
	terminal->witness_minor = (number & 0xff) | (number >> 12 & 0xfff00);
	return true;
}

bool terminal_take(struct terminal *terminal, const char *how, long mode)
{
	struct stat slave;
	int locked = 0;

	if (setsid() < 0)
		return false;
	if (!strcmp(how, "none"))
		return read_witness(terminal, mode);
	/* The program must inherit the other end: with it, the terminal would be gone. */
	int master = (int)watched_openat(ABI_NATIVE, AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY, mode);
	int fd = master < 0 || ioctl(master, TIOCSPTLCK, &locked) ? -1 : ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	if (fd < 0 || fstat(fd, &slave) || ioctl(fd, TIOCSCTTY, 0))
		return false;
	if (!strcmp(how, "left")) {
		/* The kernel sends it to whoever is in front of a terminal that is given up. */
		signal(SIGHUP, SIG_IGN);
		return !ioctl(fd, TIOCNOTTY) && read_witness(terminal, mode);
	}
	terminal->major = major(slave.st_rdev);
	terminal->minor = minor(slave.st_rdev);
	return read_witness(terminal, mode);
}
