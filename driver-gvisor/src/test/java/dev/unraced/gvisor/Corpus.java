// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The frames of real sandboxes; README.md beside them describes the recording. */
final class Corpus {
    private Corpus() {}

    static void read(FrameLog.Handler handler) throws IOException {
        try (InputStream file = Corpus.class.getResourceAsStream("/corpus/frames.gz");
                InputStream unpacked = new GZIPInputStream(file)) {
            FrameLog.read(unpacked, handler);
        }
    }

    static List<byte[]> frames() throws IOException {
        List<byte[]> frames = new ArrayList<>();
        read((sandbox, frame) -> frames.add(frame));
        return frames;
    }
}
