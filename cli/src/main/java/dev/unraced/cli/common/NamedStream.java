// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** An output in place of standard output, whose failures name it. */
public final class NamedStream extends FilterOutputStream {
    private final String name;

    private NamedStream(String name, OutputStream out) {
        super(out);
        this.name = name;
    }

    /** Returns an output by its name. */
    public static OutputStream of(String name, OutputStream out) {
        return new NamedStream(name, out);
    }

    /** Returns a console's standard error. The stream that Java has for it would keep failures to itself. */
    public static OutputStream ofErr(Console console) {
        return new NamedStream(
                "Standard error",
                console.err() == System.err ? new FileOutputStream(FileDescriptor.err) : console.err());
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw new Failure(name, e);
        }
    }

    /** A failure of an output that has a name. */
    static final class Failure extends IOException {
        private static final long serialVersionUID = 1L;

        private final String name;

        Failure(String name, IOException cause) {
            super(cause.getMessage(), cause);
            this.name = name;
        }

        String name() {
            return name;
        }
    }
}
