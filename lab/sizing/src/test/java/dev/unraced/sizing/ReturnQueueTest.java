// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReturnQueueTest {
    private final ReturnQueue queue = new ReturnQueue();

    @Test
    void anEmptyQueueNeverReturns() {
        assertThat(queue.time()).isEqualTo(ReturnQueue.NEVER);
    }

    @Test
    void keepsTheOrderOfTimeWhileItGrowsAndShrinks() {
        PriorityQueue<Long> model = new PriorityQueue<>();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            if (model.isEmpty() || random.nextInt(100) < 52) {
                int thread = random.nextInt(5000);
                queue.add(thread * 3L, thread);
                model.add(thread * 3L);
            } else {
                long time = queue.time();
                assertThat(time).isEqualTo(model.remove());
                assertThat(queue.remove() * 3L).isEqualTo(time);
            }
        }
        assertThat(model).hasSizeGreaterThan(1024);
    }
}
