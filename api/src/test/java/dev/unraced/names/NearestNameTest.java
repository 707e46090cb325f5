// SPDX-License-Identifier: Apache-2.0
package dev.unraced.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
    private final Random random = new Random(7);

    @ParameterizedTest
    @CsvSource({
        "'', '', 0",
        "'', abc, 3",
        "abc, '', 3",
        "abc, abc, 0",
        "kitten, sitting, 3",
        "open, opne, 1",
        "ab, ba, 1",
        "ca, abc, 3",
        "stash, stahs, 1",
        "flaw, lawn, 2"
    })
    void knownDistances(String a, String b, int distance) {
        assertThat(NearestName.distance(a, b)).isEqualTo(distance);
    }

    @Test
    void distanceIsSymmetricAndBounded() {
        for (int i = 0; i < 2_000; i++) {
            String a = word();
            String b = word();
            int distance = NearestName.distance(a, b);
            assertThat(distance)
                    .isEqualTo(NearestName.distance(b, a))
                    .isBetween(Math.abs(a.length() - b.length()), Math.max(a.length(), b.length()));
            assertThat(distance == 0).isEqualTo(a.equals(b));
        }
    }

    @Test
    void oneSlipIsOneEdit() {
        for (int i = 0; i < 2_000; i++) {
            String word = word() + "x";
            assertThat(NearestName.distance(word, slip(word))).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void noCandidateIsNearerThanTheNearest() {
        for (int i = 0; i < 500; i++) {
            List<String> candidates = new ArrayList<>();
            for (int j = 0; j <= random.nextInt(8); j++) {
                candidates.add(word());
            }
            String name = word();
            Optional<String> nearest = NearestName.of(name, candidates);
            int fewest = nearest.map(found -> NearestName.distance(name, found)).orElse(Integer.MAX_VALUE);
            assertThat(candidates).allSatisfy(candidate -> {
                int edits = NearestName.distance(name, candidate);
                if (edits <= NearestName.tolerance(name, candidate)) {
                    assertThat(edits).isGreaterThanOrEqualTo(fewest);
                }
            });
            nearest.ifPresent(found -> {
                assertThat(candidates).contains(found);
                assertThat(fewest).isLessThanOrEqualTo(NearestName.tolerance(name, found));
            });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "kernle, kernel",
        "STASH, stash",
        "on, ",
        "foo, ",
        "x, ",
        "kern, kernel",
        "stsh, stash",
        "perfectly different, ",
    })
    void onlyWhatCouldBeASlipIsProposed(String name, @Nullable String nearest) {
        assertThat(NearestName.of(name, List.of("off", "stash", "kernel"))).isEqualTo(Optional.ofNullable(nearest));
    }

    @Test
    void noneAmongNone() {
        assertThat(NearestName.of("ebpf", List.of())).isEmpty();
    }

    @Test
    void theFirstOfEquallyNear() {
        assertThat(NearestName.of("abcb", List.of("abca", "abcc"))).contains("abca");
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        for (int i = random.nextInt(9); i > 0; i--) {
            word.append((char) ('a' + random.nextInt(4)));
        }
        return word.toString();
    }

    /** Returns a word with one insertion, deletion, substitution or swap. */
    private String slip(String word) {
        StringBuilder slip = new StringBuilder(word);
        int at = random.nextInt(word.length());
        switch (random.nextInt(4)) {
            case 0 -> slip.insert(at, 'q');
            case 1 -> slip.deleteCharAt(at);
            case 2 -> slip.setCharAt(at, 'q');
            default -> {
                if (at > 0) {
                    slip.setCharAt(at, word.charAt(at - 1));
                    slip.setCharAt(at - 1, word.charAt(at));
                }
            }
        }
        return slip.toString();
    }
}
