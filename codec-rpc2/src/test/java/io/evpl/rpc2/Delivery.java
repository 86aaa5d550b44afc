package io.evpl.rpc2;

import java.io.IOException;
import java.io.OutputStream;

/** How bytes are handed to a socket. */
enum Delivery {
    ONE_WRITE {
        @Override
        void write(OutputStream out, byte[] bytes) throws IOException {
            out.write(bytes);
        }
    },
    TWO_WRITES {
        @Override
        void write(OutputStream out, byte[] bytes) throws IOException {
            int half = bytes.length / 2;
            out.write(bytes, 0, half);
            out.write(bytes, half, bytes.length - half);
        }
    },
    BYTE_BY_BYTE {
        @Override
        void write(OutputStream out, byte[] bytes) throws IOException {
            for (byte one : bytes) {
                out.write(one);
            }
        }
    };

    abstract void write(OutputStream out, byte[] bytes) throws IOException;
}
