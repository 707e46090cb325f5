// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.CallerLosses;
import dev.unraced.testing.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Compiles {@code callers.h}, lets it limit and count, and reads the resulting memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LossLedgersTest {
    private static final String PROGRAM = """
            #include <linux/types.h>
            #include <stddef.h>
            #include <stdio.h>
            #include <string.h>
            #include "callers.h"

            static struct unraced_bucket_group groups[UNRACED_BUCKET_GROUPS + 1];
            static struct unraced_ledger ledgers[2];

            static int admits(__u64 owner, __u32 interval, __u64 now)
            {
                struct unraced_bucket_group *group = &groups[unraced_bucket_group_of(owner, 42)];

                return unraced_bucket_take(unraced_bucket_find(group, &groups[UNRACED_BUCKET_GROUPS].buckets[0],
                                                               owner, now), interval, now);
            }

            static void limits(const char *name, __u64 owner, int owners, int calls, __u64 now)
            {
                int admitted = 0;

                for (int i = 0; i < owners; i++)
                    for (int call = 0; call < calls; call++)
                        admitted += admits(owner + i, 100000000, now);
                printf("%s %d\\n", name, admitted);
            }

            static void lose(int cpu, __u32 uid, __u64 cgroup, int times)
            {
                while (times--)
                    unraced_ledger_add(ledgers[cpu].callers[unraced_ledger_group_of(cgroup, uid, 42)], cgroup, uid);
            }

            int main(int argc, char **argv)
            {
                FILE *out = fopen(argv[1], "w");

                printf("size %zu\\ncaller %zu\\ncgroup %zu\\nlost %zu\\nuid %zu\\n", sizeof(struct unraced_ledger),
                       sizeof(struct unraced_caller_losses), offsetof(struct unraced_caller_losses, cgroup),
                       offsetof(struct unraced_caller_losses, lost), offsetof(struct unraced_caller_losses, uid));
                limits("burst", 1, 1, 100, 5000000000);
                limits("then", 1, 1, 100, 5100000000);
                limits("later", 1, 1, 100, 9000000000);
                limits("many", 2, 20000, 20, 20000000000);
                limits("again", 50000, 1, 100, 30000000000);
                lose(0, 4000000000u, 7, 5000);
                for (int i = 1; i <= 3000; i++)
                    lose(i & 1, i, 7, 2);
                lose(1, 4000000000u, 7, 500);
                lose(1, 4000000001u, 8, 3000);
                fwrite(ledgers, sizeof(ledgers), 1, out);
                return fclose(out);
            }
            """;

    private List<String> said;
    private List<CallerLosses> heaviest;

    @BeforeAll
    void run(@TempDir Path directory) throws IOException, InterruptedException {
        Tools.need("gcc");
        try (InputStream in = LossLedgers.class.getResourceAsStream("/META-INF/include/unraced/callers.h")) {
            Files.write(directory.resolve("callers.h"), in.readAllBytes());
        }
        Files.writeString(directory.resolve("callers.c"), PROGRAM);
        Tools.run(
                directory,
                "gcc",
                "-std=gnu11",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-Wno-unused-parameter",
                "-o",
                "callers",
                "callers.c");
        said = Tools.run(directory, directory.resolve("callers").toString(), "ledgers");
        ByteBuffer memory = ByteBuffer.wrap(Files.readAllBytes(directory.resolve("ledgers")));
        ByteBuffer direct = ByteBuffer.allocateDirect(memory.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        direct.put(memory).flip();
        heaviest = new LossLedgers(direct, 2).heaviest();
    }

    @Test
    void theLayoutIsTheCompilersOwn() {
        assertThat(said)
                .contains(
                        "size " + LossLedgers.SIZE,
                        "caller " + LossLedgers.CALLER_SIZE,
                        "cgroup " + LossLedgers.CGROUP,
                        "lost " + LossLedgers.LOST,
                        "uid " + LossLedgers.UID);
    }

    @Test
    void aBurstOfOneSecondPassesAndThenTheRate() {
        assertThat(said).contains("burst 10", "then 1", "later 10");
    }

    @Test
    void manyOwnersGetNoMoreThanTheTableAllows() {
        // Each of the 1,024 buckets and the shared bucket allow 10 events. All groups are full by then.
        assertThat(said).contains("many 10250", "again 10");
    }

    @Test
    void whoLosesTheMostIsNamed() {
        assertThat(heaviest).hasSize(CallerLosses.MOST);
        assertThat(heaviest.get(0).uid()).isEqualTo(4_000_000_000L);
        assertThat(heaviest.get(0).lost()).as("of both CPUs").isBetween(5_490L, 5_500L);
        assertThat(heaviest.get(1).uid()).isEqualTo(4_000_000_001L);
        assertThat(heaviest.get(1).cgroupId()).isEqualTo(8);
        assertThat(heaviest.get(1).lost()).isBetween(2_900L, 3_000L);
    }
}
