package io.evpl.inproc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/**
 * A bounded queue from one thread to one other, by reference. A slot that is not null is full: the two threads share the
 * slots and otherwise look at each other's counters only when the bytes run out.
 */
final class MessageQueue {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    /** Indexes into {@link #words}, 128 bytes apart: processors fetch cache lines of 64 bytes in pairs. */
    private static final int WRITE_INDEX = 16;
    private static final int WRITTEN_BYTES = 17;
    /** What the writer last saw of {@link #READ_BYTES}. */
    private static final int SEEN_READ_BYTES = 18;
    private static final int READ_INDEX = 34;
    private static final int READ_BYTES = 35;
    private static final int WORDS = 52;

    private final Object[] slots;
    private final int[] sizes;
    private final int mask;
    private final long maxBytes;
    private final long[] words = new long[WORDS];

    /** @param maxMessages a power of two */
    MessageQueue(int maxMessages, long maxBytes) {
        assert Integer.bitCount(maxMessages) == 1 : maxMessages;
        slots = new Object[maxMessages];
        sizes = new int[maxMessages];
        mask = maxMessages - 1;
        this.maxBytes = maxBytes;
    }

    // ---- the writer's

    /** @return false if there is no room; a message of more than all bytes has room when the queue is empty */
    boolean offer(Object message, int bytes) {
        int slot = (int) words[WRITE_INDEX] & mask;
        if (SLOT.getAcquire(slots, slot) != null || bytes > 0 && !hasBytes(bytes)) {
            return false;
        }
        sizes[slot] = bytes;
        SLOT.setRelease(slots, slot, message); // pairs with poll
        words[WRITE_INDEX]++;
        words[WRITTEN_BYTES] += bytes;
        return true;
    }

    /** Whether a message of so many bytes would find room. */
    boolean hasRoom(int bytes) {
        return SLOT.getAcquire(slots, (int) words[WRITE_INDEX] & mask) == null && hasBytes(bytes);
    }

    private boolean hasBytes(int bytes) {
        long written = words[WRITTEN_BYTES];
        if (written - words[SEEN_READ_BYTES] <= maxBytes - bytes) {
            return true;
        }
        words[SEEN_READ_BYTES] = (long) WORD.getAcquire(words, READ_BYTES);
        long waiting = written - words[SEEN_READ_BYTES];
        return waiting == 0 || waiting <= maxBytes - bytes;
    }

    // ---- the reader's

    /** @return null if there is none */
    Object poll() {
        int slot = (int) words[READ_INDEX] & mask;
        Object message = SLOT.getAcquire(slots, slot); // pairs with offer
        if (message == null) {
            return null;
        }
        int bytes = sizes[slot];
        words[READ_INDEX]++;
        SLOT.setRelease(slots, slot, null);
        WORD.setRelease(words, READ_BYTES, words[READ_BYTES] + bytes);
        return message;
    }

    boolean isEmpty() {
        return SLOT.getAcquire(slots, (int) words[READ_INDEX] & mask) == null;
    }

    /** The reader asks, while the writer waits: whether it is worth waking it. */
    boolean isHalfEmpty() {
        int half = (int) (words[READ_INDEX] + (slots.length >> 1)) & mask;
        long waiting = (long) WORD.getOpaque(words, WRITTEN_BYTES) - words[READ_BYTES];
        return SLOT.getAcquire(slots, half) == null && waiting <= maxBytes >> 1 || isEmpty();
    }

    // ---- at the end

    /** Takes out all there is, from either thread and from both at once, after the reader's last {@link #poll}. */
    void sweep(Consumer<Object> disposal) {
        for (int i = 0; i < slots.length; i++) {
            Object message = SLOT.getAcquire(slots, i) == null ? null : SLOT.getAndSet(slots, i, (Object) null);
            if (message != null) {
                disposal.accept(message);
            }
        }
    }
}
