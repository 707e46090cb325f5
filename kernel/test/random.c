// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * This program calls the fuzzer with random bytes where the compiler has no library that chooses
 * better ones.
 */
#include <stdio.h>
#include <stdlib.h>

#include "draw.h"

#define MOST 300

int LLVMFuzzerTestOneInput(const __u8 *bytes, size_t size);

int main(int count, char **arguments)
{
	static const __u8 usual[] = { '/', '/', '.', 'a', 'b', 0, 1, 2, 10, 16, 0xfe, 0x80 };
	long runs = count > 1 ? strtol(arguments[1], NULL, 10) : 100000;

	for (long run = 0; run < runs; run++) {
		__u8 bytes[MOST];
		size_t size = draw(MOST);

		for (size_t i = 0; i < size; i++)
			bytes[i] = i < 2 || !draw(8) ? draw(256) : usual[draw(sizeof(usual))];
		LLVMFuzzerTestOneInput(bytes, size);
	}
	printf("fuzzed %ld\n", runs);
	return 0;
}
