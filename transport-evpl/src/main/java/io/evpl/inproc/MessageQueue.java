package io.evpl.inproc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/**
 * A bounded queue from one thread to one other, by reference. A slot that is not null is full: the slots are all that the two
 * threads share. How many bytes wait is the writer's business: it knows what it wrote, and sees which slots are empty again.
 */
final class MessageQueue {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);
    /** Indexes into {@link #words}, 128 bytes apart: processors fetch cache lines of 64 bytes in pairs. */
    private static final int WRITE_INDEX = 16;
    /** Messages from this one on are staged: {@link #firstStaged} is the first of them, its slot still null. */
    private static final int PUBLISHED_INDEX = 17;
    /** Messages before this one are known to have been read. */
    private static final int SEEN_INDEX = 18;
    /** Of the messages from {@link #SEEN_INDEX} on. */
    private static final int WAITING_BYTES = 19;
    private static final int READ_INDEX = 34;
    private static final int WORDS = 52;

    private final Object[] slots;
    private final int mask;
    private final long maxBytes;
    /** The writer's. */
    private final int[] sizes;
    private final long[] words = new long[WORDS];
    /** The reader stops at the first null: that the first comes last lets it have all at once. */
    private Object firstStaged;

    /** @param maxMessages a power of two */
    MessageQueue(int maxMessages, long maxBytes) {
        assert Integer.bitCount(maxMessages) == 1 : maxMessages;
        slots = new Object[maxMessages];
        sizes = new int[maxMessages];
        mask = maxMessages - 1;
        this.maxBytes = maxBytes;
    }

    // ---- the writer's

    /**
     * Takes a message; {@link #publish()} lets the reader have it.
     *
     * @return false if there is no room; a message of more than all bytes has room when the queue is empty
     */
    boolean stage(Object message, int bytes) {
        if (!hasRoom(bytes)) {
            return false;
        }
        int slot = (int) words[WRITE_INDEX]++ & mask;
        sizes[slot] = bytes;
        words[WAITING_BYTES] += bytes;
        if (firstStaged == null) {
            firstStaged = message;
        } else {
            SLOT.setRelease(slots, slot, message); // pairs with sweep
        }
        return true;
    }

    void publish() {
        if (firstStaged != null) {
            SLOT.setRelease(slots, (int) words[PUBLISHED_INDEX] & mask, firstStaged); // pairs with poll
            firstStaged = null;
            words[PUBLISHED_INDEX] = words[WRITE_INDEX];
        }
    }

    boolean hasStaged() {
        return firstStaged != null;
    }

    /** Takes back what is staged. */
    void unstage(Consumer<Object> disposal) {
        if (firstStaged == null) {
            return;
        }
        disposal.accept(firstStaged);
        firstStaged = null;
        for (long index = words[PUBLISHED_INDEX]; index < words[WRITE_INDEX]; index++) {
            int slot = (int) index & mask;
            Object message = SLOT.getAndSet(slots, slot, (Object) null);
            if (message != null) { // the first is not there; and a reader that goes may sweep others
                disposal.accept(message);
            }
            words[WAITING_BYTES] -= sizes[slot];
        }
        words[WRITE_INDEX] = words[PUBLISHED_INDEX];
    }

    /** Whether a message of so many bytes would find room. */
    boolean hasRoom(int bytes) {
        if (words[WRITE_INDEX] - words[SEEN_INDEX] <= mask && words[WAITING_BYTES] <= maxBytes - bytes) {
            return true;
        }
        lookForRead();
        long waiting = words[WAITING_BYTES];
        long messages = words[WRITE_INDEX] - words[SEEN_INDEX];
        return messages == 0 || messages <= mask && waiting <= maxBytes - bytes;
    }

    private void lookForRead() {
        long index = words[SEEN_INDEX];
        long end = words[PUBLISHED_INDEX];
        while (index < end && SLOT.getAcquire(slots, (int) index & mask) == null) { // pairs with poll
            words[WAITING_BYTES] -= sizes[(int) index++ & mask];
        }
        words[SEEN_INDEX] = index;
    }

    /** How far the reader must come, by {@link #readIndex()}, until at most half of either limit waits. */
    long halfEmptyAt() {
        lookForRead();
        long index = words[SEEN_INDEX];
        long end = words[WRITE_INDEX];
        long waiting = words[WAITING_BYTES];
        while (index < end && (end - index > slots.length >> 1 || waiting > maxBytes >> 1)) {
            waiting -= sizes[(int) index++ & mask];
        }
        return index;
    }

    // ---- the reader's

    /** @return null if there is none */
    Object poll() {
        int slot = (int) words[READ_INDEX] & mask;
        Object message = SLOT.getAcquire(slots, slot); // pairs with publish
        if (message != null) {
            words[READ_INDEX]++;
            SLOT.setRelease(slots, slot, (Object) null);
        }
        return message;
    }

    boolean isEmpty() {
        return SLOT.getAcquire(slots, (int) words[READ_INDEX] & mask) == null;
    }

    /** Messages read so far. */
    long readIndex() {
        return words[READ_INDEX];
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
