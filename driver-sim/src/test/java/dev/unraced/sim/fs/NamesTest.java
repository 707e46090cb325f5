// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.ByteString;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NamesTest {
    private static final long SEED = 20261124;

    private final Names names = new Names();

    @Test
    void findsANameWhereverItStandsInAPath() {
        for (int length = 1; length <= 20; length++) {
            String name = "abcdefghijklmnopqrst".substring(0, length);
            Dentry entry = entry(name);
            names.put(ByteString.utf8(name), entry);
            for (int before = 0; before < 10; before++) {
                String start = "/".repeat(before);
                byte[] path = ByteString.utf8(start + name + "/t").toByteArray();
                assertThat(names.get(path, before, before + length)).isSameAs(entry);
                byte[] last = ByteString.utf8(start + name).toByteArray();
                assertThat(names.get(last, before, before + length)).isSameAs(entry);
            }
        }
        byte[] path = ByteString.utf8("/abcdefghijklmnopqrsT").toByteArray();
        assertThat(names.get(path, 1, path.length)).isNull();
    }

    @Test
    void agreesWithAMap() {
        Map<ByteString, Dentry> model = new HashMap<>();
        Random random = new Random(SEED);
        for (int step = 0; step < 20_000; step++) {
            ByteString name = ByteString.utf8("n" + random.nextInt(100));
            if (random.nextBoolean()) {
                Dentry entry = entry(name.toUtf8());
                names.put(name, entry);
                model.put(name, entry);
            } else {
                names.remove(name);
                model.remove(name);
            }
            ByteString other = ByteString.utf8("n" + random.nextInt(100));
            assertThat(names.get(other)).isSameAs(model.get(other));
            assertThat(names.isEmpty()).isEqualTo(model.isEmpty());
        }
    }

    private static Dentry entry(String name) {
        SuperBlock disk = new SuperBlock(0, 1, null);
        return Dentry.root(ByteString.utf8(name), disk.newInode(FileType.REGULAR, 0, 0, 0644, null));
    }
}
