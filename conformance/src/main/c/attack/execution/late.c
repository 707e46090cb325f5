/* SPDX-License-Identifier: Apache-2.0 */
/* A program that fails to execute when the image that asked for it is gone, and a child that executes it. */
#include "attack/execution/executed.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

bool unmappable_make(const char *path)
{
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr part;
		char rest[4096];
	} program = {
		.head = {
			.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
			.e_type = ET_EXEC,
#ifdef __x86_64__
			.e_machine = EM_X86_64,
#else
			.e_machine = EM_AARCH64,
#endif
			.e_version = EV_CURRENT,
			.e_phoff = sizeof(Elf64_Ehdr),
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 1,
		},
		.part = {.p_type = PT_LOAD, .p_flags = PF_R, .p_vaddr = 1ul << 60, .p_filesz = 4096, .p_memsz = 4096,
			 .p_align = 4096},
	};
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	return fd >= 0 && write(fd, &program, sizeof(program)) == sizeof(program) && !fchmod(fd, 0755) && !close(fd);
}

/* Has a child make the program and another one execute it. The kernel ends that one. */
void command_late_exec(void)
{
	size_t length;
	char *path = (char *)line_bytes("path", &length);
	char *arguments[] = {path, NULL};
	pid_t maker = path ? fork() : -1;
	pid_t child = -1;
	int status = -1;

	if (!maker)
		_exit(!unmappable_make(path));
	if (maker > 0 && !reap(maker, 20))
		child = fork_child();
	if (!child) {
		execve(path, arguments, arguments + 1);
		_exit(101);
	}
	if (child > 0)
		status = reap(child, 20);
	free(path);
	if (child < 0) {
		fail("the program could not be made: %s", strerror(errno));
	} else if (!WIFSIGNALED(status)) {
		fail("the program did not fail late: status %#x", status);
	} else {
		reply_begin();
		reply("tgid=%d", child);
		reply_end();
	}
}
