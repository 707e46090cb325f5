/* SPDX-License-Identifier: Apache-2.0 */
/* Files, directories and sockets that the calls act on, all made without a watched call. */
#include "actor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static void done(long result)
{
	if (result < 0) {
		fail("%s", strerror(errno));
		return;
	}
	reply_begin();
	reply_end();
}

static char *path_of(const char *key)
{
	size_t length;
	char *path = (char *)line_bytes(key, &length);

	return path ? path : strdup("");
}

static void two_paths(int (*operation)(const char *, const char *))
{
	char *from = path_of("from"), *to = path_of("to");

	done(operation(from, to));
	free(from);
	free(to);
}

static int make_file(const char *path)
{
	return mknod(path, S_IFREG | 0644, 0);
}

static int make_fifo(const char *path)
{
	return mkfifo(path, 0644);
}

static int make_directory(const char *path)
{
	return mkdir(path, 0755);
}

static void one_path(int (*operation)(const char *))
{
	char *path = path_of("path");

	done(operation(path));
	free(path);
}

static void command_stat(void)
{
	char *path = path_of("path");
	struct stat status;

	if (stat(path, &status)) {
		fail("%s", strerror(errno));
	} else {
		reply_begin();
		reply("major=%u minor=%u inode=%llu", major(status.st_dev), minor(status.st_dev),
		      (unsigned long long)status.st_ino);
		reply_end();
	}
	free(path);
}

static void command_socket(void)
{
	int fd = socket((int)line_number("family", AF_INET), (int)line_number("type", SOCK_STREAM),
			(int)line_number("protocol", 0));

	if (fd >= 0 && line_number("nonblock", 0))
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	if (fd < 0) {
		fail("%s", strerror(errno));
		return;
	}
	handle_put(line_number("id", 0), fd);
	reply_begin();
	reply("fd=%d", fd);
	reply_end();
}

/* Without an address the kernel chooses one, which for AF_UNIX is an abstract name. */
static void command_bind(void)
{
	size_t length = 0;
	unsigned char *address = line_bytes("address", &length);
	int fd = handle_get(line_text("fd"), -1);

	done(bind(fd, (struct sockaddr *)address, (socklen_t)length));
	free(address);
}

static void command_names(void)
{
	unsigned char name[MAX_ADDRESS];
	socklen_t local = sizeof(name), peer = sizeof(name);
	int fd = handle_get(line_text("fd"), -1);

	if (getsockname(fd, (struct sockaddr *)name, &local)) {
		fail("%s", strerror(errno));
		return;
	}
	reply_begin();
	reply_hex("local", name, local);
	if (!getpeername(fd, (struct sockaddr *)name, &peer))
		reply_hex("peer", name, peer);
	reply_end();
}

static void command_accept(void)
{
	int fd = accept(handle_get(line_text("fd"), -1), NULL, NULL);

	if (fd >= 0)
		handle_put(line_number("keep", 0), fd);
	done(fd);
}

static void command_comm(void)
{
	char *name = path_of("name");

	done(prctl(PR_SET_NAME, name));
	free(name);
}

/* Takes a real user id that marks this process and its children. The effective user id and the privileges stay. */
static void command_user(void)
{
	done(syscall(SYS_setresuid, line_number("id", -1), -1, -1));
}

bool world_command(const char *verb)
{
	if (!strcmp(verb, "file"))
		one_path(make_file);
	else if (!strcmp(verb, "fifo"))
		one_path(make_fifo);
	else if (!strcmp(verb, "mkdir"))
		one_path(make_directory);
	else if (!strcmp(verb, "rmdir"))
		one_path(rmdir);
	else if (!strcmp(verb, "unlink"))
		one_path(unlink);
	else if (!strcmp(verb, "chdir"))
		one_path(chdir);
	else if (!strcmp(verb, "symlink"))
		two_paths(symlink);
	else if (!strcmp(verb, "link"))
		two_paths(link);
	else if (!strcmp(verb, "rename"))
		two_paths(rename);
	else if (!strcmp(verb, "stat"))
		command_stat();
	else if (!strcmp(verb, "socket"))
		command_socket();
	else if (!strcmp(verb, "bind"))
		command_bind();
	else if (!strcmp(verb, "listen"))
		done(listen(handle_get(line_text("fd"), -1), (int)line_number("backlog", 16)));
	else if (!strcmp(verb, "accept"))
		command_accept();
	else if (!strcmp(verb, "names"))
		command_names();
	else if (!strcmp(verb, "close"))
		handle_close(line_number("id", -1)), done(0);
	else if (!strcmp(verb, "comm"))
		command_comm();
	else if (!strcmp(verb, "user"))
		command_user();
	else
		return false;
	return true;
}
