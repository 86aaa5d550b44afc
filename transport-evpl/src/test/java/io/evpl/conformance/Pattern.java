package io.evpl.conformance;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultFileRegion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Contents that say which flow they belong to and where in it: what is lost, swapped or sent twice does not fit. */
final class Pattern {
    /** A prime: no length that is used divides it. */
    private static final int PERIOD = 65_521;
    private static final int FLOW_STEP = 4099;
    private static final int LONGEST_BYTES = 131_072;
    private static final int MARGIN_BYTES = 7;
    private static final byte[] BYTES = new byte[PERIOD + LONGEST_BYTES];
    private static final Path FILE = file();

    private Pattern() {
    }

    private static Path file() {
        byte[] period = new byte[PERIOD];
        new Random(1).nextBytes(period);
        for (int i = 0; i < BYTES.length; i++) {
            BYTES[i] = period[i % PERIOD];
        }
        try {
            Path file = Files.createTempFile("conformance", ".pattern");
            file.toFile().deleteOnExit();
            return Files.write(file, BYTES);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int start(int flow, long offset) {
        return (int) ((flow * (long) FLOW_STEP + offset) % PERIOD);
    }

    /** @return what stands at {@code offset} of {@code flow}, to be sent: a ByteBuf, or a FileRegion */
    static Object make(Op.BufferKind kind, int flow, long offset, int bytes, ByteBufAllocator alloc) {
        int start = start(flow, offset);
        return switch (kind) {
            case HEAP -> alloc.heapBuffer(bytes).writeBytes(BYTES, start, bytes);
            case DIRECT -> alloc.directBuffer(bytes).writeBytes(BYTES, start, bytes);
            case READ_ONLY -> alloc.directBuffer(bytes).writeBytes(BYTES, start, bytes).asReadOnly();
            case SLICE -> alloc.directBuffer(bytes + 2 * MARGIN_BYTES).writeZero(MARGIN_BYTES).writeBytes(BYTES, start, bytes)
                    .writeZero(MARGIN_BYTES).slice(MARGIN_BYTES, bytes);
            case COMPOSITE -> composite(start, bytes, alloc);
            case FILE -> new DefaultFileRegion(FILE.toFile(), start, bytes);
        };
    }

    /** Of three parts, the middle one on the heap. */
    private static ByteBuf composite(int start, int bytes, ByteBufAllocator alloc) {
        int third = bytes / 3;
        return alloc.compositeBuffer()
                .addComponent(true, alloc.directBuffer(third).writeBytes(BYTES, start, third))
                .addComponent(true, alloc.heapBuffer(third).writeBytes(BYTES, start + third, third))
                .addComponent(true, alloc.directBuffer(bytes - 2 * third)
                        .writeBytes(BYTES, start + 2 * third, bytes - 2 * third));
    }

    static boolean matches(ByteBuf buf, int flow, long offset) {
        byte[] received = new byte[buf.readableBytes()];
        buf.getBytes(buf.readerIndex(), received);
        for (int checked = 0; checked < received.length; checked += LONGEST_BYTES) {
            int start = start(flow, offset + checked);
            int count = Math.min(LONGEST_BYTES, received.length - checked);
            if (!Arrays.equals(received, checked, checked + count, BYTES, start, start + count)) {
                return false;
            }
        }
        return true;
    }
}
