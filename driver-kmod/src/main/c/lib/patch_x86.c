// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ftrace.h>
#include <linux/linkage.h>
#include <linux/objtool.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/nops.h>
#include <asm/text-patching.h>

#include "lib/patch.h"

bool unraced_is_patchable(unsigned long address)
{
	static const u8 nop[MCOUNT_INSN_SIZE] = { BYTES_NOP5 };
	u8 found[MCOUNT_INSN_SIZE];

	if (!address || copy_from_kernel_nofault(found, (const void *)address, sizeof(found)))
		return false;
	return found[0] == CALL_INSN_OPCODE || !memcmp(found, nop, sizeof(nop));
}

/*
 * Returns to the address, since the processor lets indirect calls and jumps only to the start of a function
 * (CONFIG_X86_KERNEL_IBT). The call before that keeps the processor's own stack of returns in step. The function finds
 * its stack as if the caller of this one had called it.
 */
asm(".pushsection .text, \"ax\"\n"
    ".globl unraced_patch_resume\n"
    ".type unraced_patch_resume, @function\n"
    "unraced_patch_resume:\n\t"
    "call 1f\n\t"
    "int3\n"
    "1:\n\t"
    "mov %rsi, (%rsp)\n\t" ASM_RET
    ".size unraced_patch_resume, . - unraced_patch_resume\n"
    ".popsection\n");
STACK_FRAME_NON_STANDARD(unraced_patch_resume);
