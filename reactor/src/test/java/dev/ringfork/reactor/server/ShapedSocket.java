// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/** A socket that sends in pieces of a chosen shape. For one thread that sends. */
final class ShapedSocket extends Socket {
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private volatile Shape shape = Shape.AS_WRITTEN;

    /** How what is written leaves. */
    enum Shape {
        AS_WRITTEN,
        BYTE_BY_BYTE,
        HELD
    }

    /** Changes the shape of what is written from now on, and sends what was held. */
    void shape(Shape next) throws IOException {
        shape = next;
        super.getOutputStream().write(held.toByteArray());
        held.reset();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        OutputStream out = super.getOutputStream();
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                switch (shape) {
                    case AS_WRITTEN -> out.write(bytes, offset, length);
                    case HELD -> held.write(bytes, offset, length);
                    case BYTE_BY_BYTE -> {
                        for (int i = 0; i < length; i++) {
                            out.write(bytes, offset + i, 1);
                        }
                    }
                }
            }
        };
    }
}
