/* SPDX-License-Identifier: Apache-2.0 */
/* A child without privileges executes a program that gives it some, or does not. */
#include "attack/execution/executed.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Ids that nobody has. */
#define OTHER_USER 4243
#define OTHER_GROUP 4244
/* The program writes its credentials here. */
#define ANSWER_FD 198
#define SCRIPT "#!./program\n"

struct credentials {
	unsigned uid, gid, euid, egid;
	unsigned long long capabilities;
};

/* One way to make a program that has other credentials, and what keeps the kernel from it. */
struct elevation {
	const char *how;
	unsigned owner, group;
	mode_t mode;
	int capability; /* of the file, or -1 */
	bool script, no_new_privileges, nosuid;
	bool elevates;
};

static void read_credentials(struct credentials *to)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};

	syscall(SYS_capget, &header, data);
	to->uid = getuid();
	to->gid = getgid();
	to->euid = geteuid();
	to->egid = getegid();
	to->capabilities = (unsigned long long)data[1].effective << 32 | data[0].effective;
}

int tell_credentials(void)
{
	struct credentials own;

	read_credentials(&own);
	return write(ANSWER_FD, &own, sizeof(own)) != sizeof(own);
}

/* Copies the actor's program, in a process of its own. */
static bool program_make(const struct elevation *elevation, const char *path)
{
	struct vfs_cap_data capabilities = {.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE};
	const char *named = elevation->script ? "script" : "program";

	if (chdir(path) || !executed_make("program", 0755, NULL) || !executed_make("script", 0755, SCRIPT) ||
	    chown(named, elevation->owner, elevation->group) || chmod(named, elevation->mode))
		return false;
	if (elevation->capability < 0)
		return true;
	capabilities.data[0].permitted = 1u << elevation->capability;
	return !setxattr(named, "security.capability", &capabilities, sizeof(capabilities), 0);
}

static void execute(const struct elevation *elevation, const char *path, int answer, struct credentials *before)
{
	char *arguments[] = EXECUTED_ARGUMENTS, *environment[] = {EXECUTED "=credentials", NULL};
	uid_t user = getuid();
	gid_t group = getgid();

	dup2(answer, ANSWER_FD);
	if (elevation->nosuid &&
	    (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	     mount(path, path, NULL, MS_BIND, NULL) ||
	     mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_NOSUID, NULL)))
		_exit(101);
	/* The child may not search the directories above. */
	if (chdir(path) || setgroups(0, NULL) || setresgid(group, group, group) || setresuid(user, user, user))
		_exit(102);
	if (elevation->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		_exit(103);
	read_credentials(before);
	execve(elevation->script ? "./script" : "./program", arguments, environment);
	_exit(104);
}

static void answer(const struct elevation *elevation, pid_t child, const struct credentials *before,
		   const struct credentials *after)
{
	reply_begin();
	reply("tgid=%d elevates=%d", child, elevation->elevates);
	reply("uid_before=%u gid_before=%u euid_before=%u egid_before=%u capabilities_before=%llu", before->uid,
	      before->gid, before->euid, before->egid, before->capabilities);
	reply("uid=%u gid=%u euid=%u egid=%u capabilities=%llu", after->uid, after->gid, after->euid, after->egid,
	      after->capabilities);
	reply_end();
}

static const struct elevation *elevation_of_line(void)
{
	static const struct elevation all[] = {
		{"set-user", OTHER_USER, OTHER_GROUP, 04755, -1, 0, 0, 0, 1},
		{"set-group", OTHER_USER, OTHER_GROUP, 02755, -1, 0, 0, 0, 1},
		{"set-root", 0, 0, 06755, -1, 0, 0, 0, 1},
		{"capability", OTHER_USER, OTHER_GROUP, 0755, CAP_NET_RAW, 0, 0, 0, 1},
		{"none", OTHER_USER, OTHER_GROUP, 0755, -1, 0, 0, 0, 0},
		{"script", 0, 0, 06755, -1, 1, 0, 0, 0},
		{"no-new-privileges", 0, 0, 06755, CAP_NET_RAW, 0, 1, 0, 0},
		{"nosuid", 0, 0, 06755, CAP_NET_RAW, 0, 0, 1, 0},
	};
	const char *how = line_text("how");

	for (size_t i = 0; how && i < sizeof(all) / sizeof(*all); i++)
		if (!strcmp(all[i].how, how))
			return &all[i];
	return NULL;
}

static void play(const struct elevation *elevation, const char *path, struct credentials *before)
{
	struct credentials after = {0};
	int answers[2];
	pid_t child = fork_child();

	if (!child)
		_exit(!program_make(elevation, path));
	if (child < 0 || reap(child, 20) || pipe2(answers, O_CLOEXEC)) {
		fail("unsupported: no such program: %s", strerror(errno));
		return;
	}
	child = fork_child();
	if (!child)
		execute(elevation, path, answers[1], before);
	close(answers[1]);
	bool told = read(answers[0], &after, sizeof(after)) == sizeof(after);
	int status = child < 0 ? -1 : reap(child, 20);
	close(answers[0]);
	bool elevated = before->euid != after.euid || before->egid != after.egid ||
			before->capabilities != after.capabilities;
	if (!told || status)
		fail("unsupported: the program did not run: status %d", status);
	else if (elevated != elevation->elevates)
		fail("unsupported: the kernel does otherwise here");
	else
		answer(elevation, child, before, &after);
}

void command_elevated(void)
{
	const struct elevation *elevation = elevation_of_line();
	struct credentials *before = mmap(NULL, sizeof(*before), PROT_READ | PROT_WRITE,
					  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct bytes base = {0};

	if (before == MAP_FAILED)
		_exit(3);
	if (!elevation)
		fail("elevated needs how=, which PROTOCOL.md lists");
	else if (bytes_take(&base, "base"))
		play(elevation, (char *)base.address, before);
	free(base.address);
	munmap(before, sizeof(*before));
}
