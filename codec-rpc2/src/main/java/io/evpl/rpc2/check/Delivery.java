package io.evpl.rpc2.check;

/** How bytes are given to the kernel. Between writes the other end has a moment, so that they do not arrive as one. */
public enum Delivery {
    ONE_WRITE("one write"),
    TWO_WRITES("two writes"),
    BYTE_BY_BYTE("byte by byte");

    /** Takes one piece and sends it off. */
    interface Piece {
        void write(byte[] bytes, int offset, int length) throws java.io.IOException;
    }

    /** Gives the other end time to take what was sent. */
    interface Pause {
        void pause() throws java.io.IOException;
    }

    /** A record's mark and its xid: the places where a split hurts. After them, bytes follow as the kernel takes them. */
    private static final int SLOW_BYTES = 8;

    private final String words;

    Delivery(String words) {
        this.words = words;
    }

    void deliver(byte[] bytes, Piece piece, Pause pause) throws java.io.IOException {
        switch (this) {
            case ONE_WRITE -> piece.write(bytes, 0, bytes.length);
            case TWO_WRITES -> {
                int half = bytes.length / 2;
                piece.write(bytes, 0, half);
                pause.pause();
                piece.write(bytes, half, bytes.length - half);
            }
            case BYTE_BY_BYTE -> {
                for (int i = 0; i < bytes.length; i++) {
                    piece.write(bytes, i, 1);
                    if (i < SLOW_BYTES) {
                        pause.pause();
                    }
                }
            }
        }
    }

    @Override
    public String toString() {
        return words;
    }
}
