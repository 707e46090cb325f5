// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.fs;

import static dev.unraced.linux.Errno.EINVAL;
import static dev.unraced.linux.Errno.ENXIO;
import static dev.unraced.linux.Errno.ERESTARTSYS;
import static dev.unraced.linux.OpenFlags.O_ACCMODE;
import static dev.unraced.linux.OpenFlags.O_NONBLOCK;
import static dev.unraced.linux.OpenFlags.O_PATH;
import static dev.unraced.linux.OpenFlags.O_RDONLY;
import static dev.unraced.linux.OpenFlags.O_RDWR;
import static dev.unraced.linux.OpenFlags.O_WRONLY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FifoTest {
    private static final String FIFO = "/tmp/fifo";

    private final World world = new World();
    private final World.Caller root = world.root;

    @BeforeEach
    void populate() {
        root.fifo(FIFO);
    }

    @Test
    void aReaderWaitsForAWriter() {
        OpenAttempt reader = root.attempt(FIFO, O_RDONLY);
        assertThat(reader.waits()).isTrue();
        assertThat(reader.canGoOn()).isFalse();
        assertThat(reader.file()).isNull();
        assertThat(reader.error()).isZero();
        assertThatThrownBy(reader::goOn).isInstanceOf(IllegalStateException.class);

        OpenAttempt writer = root.attempt(FIFO, O_WRONLY);
        assertThat(writer.waits()).isFalse();
        assertThat(reader.canGoOn()).isTrue();
        reader.goOn();
        assertThat(reader.waits()).isFalse();
        assertThat(World.opened(reader).inode()).isSameAs(root.inode(FIFO));
    }

    @Test
    void aWriterWaitsForAReader() {
        OpenAttempt writer = root.attempt(FIFO, O_WRONLY);
        assertThat(writer.waits()).isTrue();
        root.open(FIFO, O_RDONLY | O_NONBLOCK);
        assertThat(writer.canGoOn()).isTrue();
    }

    @Test
    void aWriterThatCameAndWentIsEnough() {
        OpenAttempt reader = root.attempt(FIFO, O_RDONLY);
        assertThat(World.opened(root.attempt(FIFO, O_WRONLY)).release()).isTrue();
        assertThat(reader.canGoOn()).isTrue();
    }

    @Test
    void aWriterFromBeforeTheWaitIsNot() {
        OpenFile both = root.open(FIFO, O_RDWR);
        both.release();
        assertThat(root.attempt(FIFO, O_RDONLY).canGoOn()).isFalse();
    }

    @Test
    void openingForBothNeverWaitsAndLetsOthersGoOn() {
        OpenAttempt reader = root.attempt(FIFO, O_RDONLY);
        root.open(FIFO, O_RDWR);
        assertThat(reader.canGoOn()).isTrue();
    }

    @Test
    void withoutBlockingAReaderSucceedsAndAWriterNeedsOne() {
        assertThat(root.error(FIFO, O_WRONLY | O_NONBLOCK)).isEqualTo(ENXIO);
        OpenFile reader = root.open(FIFO, O_RDONLY | O_NONBLOCK);
        assertThat(root.error(FIFO, O_WRONLY | O_NONBLOCK)).isZero();
        reader.release();
        assertThat(root.error(FIFO, O_WRONLY | O_NONBLOCK)).isEqualTo(ENXIO);
    }

    @Test
    void aWaitingReaderCountsUntilASignalEndsItsWait() {
        OpenAttempt reader = root.attempt(FIFO, O_RDONLY);
        assertThat(root.error(FIFO, O_WRONLY | O_NONBLOCK)).isZero();

        World other = new World();
        other.root.fifo(FIFO);
        OpenAttempt lonely = other.root.attempt(FIFO, O_RDONLY);
        lonely.abandon();
        assertThat(lonely.error()).isEqualTo(ERESTARTSYS);
        assertThat(lonely.waits()).isFalse();
        assertThat(lonely.file()).isNull();
        assertThat(other.root.error(FIFO, O_WRONLY | O_NONBLOCK)).isEqualTo(ENXIO);
        assertThat(reader.canGoOn()).isTrue();
    }

    @Test
    void aSignalThatComesTooLateChangesNothing() {
        OpenAttempt reader = root.attempt(FIFO, O_RDONLY);
        root.open(FIFO, O_RDWR);
        reader.abandon();
        assertThat(reader.error()).isZero();
        assertThat(World.opened(reader).release()).isTrue();
    }

    @Test
    void aPathOpenIsNeitherReaderNorWriter() {
        OpenFile path = root.open(FIFO, O_PATH);
        assertThat(root.error(FIFO, O_WRONLY | O_NONBLOCK)).isEqualTo(ENXIO);
        path.release();
        assertThat(root.attempt(FIFO, O_RDONLY).canGoOn()).isFalse();
    }

    @Test
    void theThirdAccessModeIsInvalid() {
        assertThat(root.error(FIFO, O_ACCMODE)).isEqualTo(EINVAL);
    }

    @Test
    void onlyTheLastReferenceClosesTheFile() {
        OpenFile reader = root.open(FIFO, O_RDONLY | O_NONBLOCK);
        reader.retain();
        assertThat(reader.release()).isFalse();
        assertThat(root.error(FIFO, O_WRONLY | O_NONBLOCK)).isZero();
        assertThat(reader.release()).isTrue();
        assertThatThrownBy(reader::release).isInstanceOf(IllegalStateException.class);
    }
}
