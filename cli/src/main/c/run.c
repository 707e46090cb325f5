/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unraced-run DIRECTORY ARGUMENTS: enters the cgroup of a directory, and becomes the command whose arguments are in a
 * file, each with a NUL behind it. A JVM can do neither between fork and exec, and cannot pass on bytes that its locale
 * does not have. The file is removed once the cgroup is entered; as long as it is there, no command has begun.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The exit codes of a shell. */
#define CANNOT_BE_EXECUTED 126
#define NOT_FOUND 127

static void die(const char *what, int code)
{
	fprintf(stderr, "unraced: %s: %s\n", what, strerror(errno));
	exit(code);
}

static char *read_whole(const char *name, size_t *length)
{
	struct stat state;
	char *text;
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &state))
		die(name, 1);
	*length = (size_t)state.st_size;
	text = malloc(*length + 1);
	if (!text || read(fd, text, *length) != (ssize_t)*length)
		die(name, 1);
	close(fd);
	return text;
}

/* Returns the arguments as execvp() takes them. */
static char **split(char *text, size_t length)
{
	size_t count = 0, at = 0;
	char **arguments;

	for (size_t i = 0; i < length; i++)
		count += !text[i];
	arguments = calloc(count + 1, sizeof(*arguments));
	if (!arguments || !count)
		die("arguments", 1);
	for (size_t i = 0; i < count; i++) {
		arguments[i] = text + at;
		at += strlen(text + at) + 1;
	}
	return arguments;
}

static void enter(const char *directory)
{
	char name[4096];
	int fd;

	snprintf(name, sizeof(name), "%s/cgroup.procs", directory);
	fd = open(name, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		die(name, 1);
	close(fd);
}

/*
 * Returns the file that a shell would take for a command's name, or the name. The search asks for no exec, as that of
 * execvp() does: each one that fails would be an event.
 */
static char *find_command(char *name)
{
	const char *path = getenv("PATH");
	struct stat state;
	char *found;

	if (!*name || strchr(name, '/'))
		return name;
	if (!path)
		path = "/bin:/usr/bin";
	found = malloc(strlen(path) + strlen(name) + 3);
	if (!found)
		die("PATH", 1);
	for (const char *end; *path; path = *end ? end + 1 : end) {
		end = strchrnul(path, ':');
		int length = (int)(end - path);

		sprintf(found, "%.*s/%s", length ? length : 1, length ? path : ".", name);
		if (!stat(found, &state) && S_ISREG(state.st_mode) && !access(found, X_OK))
			return found;
	}
	free(found);
	return name;
}

int main(int argc, char **argv)
{
	char **arguments;
	size_t length;
	sigset_t quit;
	char *text;

	if (argc != 3) {
		fprintf(stderr, "usage: unraced-run DIRECTORY ARGUMENTS\n");
		return 2;
	}
	text = read_whole(argv[2], &length);
	arguments = split(text, length);
	enter(argv[1]);
	unlink(argv[2]);
	/* A JVM blocks this signal in all of its threads but one. */
	sigemptyset(&quit);
	sigaddset(&quit, SIGQUIT);
	sigprocmask(SIG_UNBLOCK, &quit, NULL);
	execvp(find_command(arguments[0]), arguments);
	die(arguments[0], errno == ENOENT || errno == ENOTDIR ? NOT_FOUND : CANNOT_BE_EXECUTED);
	return 1;
}
