// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnedResourcesTest {
    private final OwnedResources owned = new OwnedResources();
    private final List<String> closed = new ArrayList<>();

    @Test
    void theNewestResourceIsGivenBackFirstAndEachOnce() {
        owned.add(() -> closed.add("memory"));
        owned.add(() -> closed.add("program"));
        owned.close();
        owned.close();
        assertThat(closed).containsExactly("program", "memory");
    }

    @Test
    void whatOneResourceThrowsKeepsNoOther() {
        owned.add(() -> closed.add("memory"));
        owned.add(() -> {
            throw new IllegalStateException("second");
        });
        owned.add(() -> {
            throw new OutOfMemoryError("first");
        });
        assertThatThrownBy(owned::close)
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessage("first")
                .hasSuppressedException(new IllegalStateException("second"));
        assertThat(closed).containsExactly("memory");
        owned.close();
        assertThat(closed).containsExactly("memory");
    }

    @Test
    void twoResourcesMayThrowTheSame() {
        IllegalStateException same = new IllegalStateException("same");
        for (int i = 0; i < 2; i++) {
            owned.add(() -> {
                throw same;
            });
        }
        assertThatThrownBy(owned::close).isSameAs(same);
    }

    @Test
    void aResourceThatComesTooLateIsGivenBackAtOnce() {
        owned.close();
        assertThatThrownBy(() -> owned.add(() -> closed.add("late"))).isInstanceOf(IllegalStateException.class);
        assertThat(closed).containsExactly("late");
    }
}
