package io.evpl.inproc;

import io.netty.util.ReferenceCountUtil;

import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;

/**
 * One direction of a connection: messages by reference, bounded, then an end. Each method is one end's, on the thread of its
 * loop. What is in the queue when the reader goes is released once, whoever comes first.
 */
public final class Pipe {
    private final MessageQueue queue;
    private final Bell reader = new Bell();
    private final Bell writer = new Bell();
    /** Why the end came before its time; what is in the queue then is not delivered. Written before {@link #ended}. */
    private Throwable endCause;
    private volatile boolean ended;
    private volatile boolean abandoned;
    /** How far the reader must come before a waiting writer is worth waking. Written before the bell is armed. */
    private long wakeAt;

    Pipe(int maxMessages, long maxBytes) {
        queue = new MessageQueue(maxMessages, maxBytes);
    }

    /**
     * Between two loops each end publishes, then looks whether the other waits; without a fence both might miss each other.
     * On one loop there is one thread. A channel comes to its loop and leaves it on that loop's thread, so that whoever finds
     * both ends on its own loop may rely on it.
     */
    private void fence() {
        if (!isOnOneLoop()) {
            VarHandle.fullFence();
        }
    }

    boolean isOnOneLoop() {
        return reader.isOn(writer);
    }

    // ---- the writer's

    void attachWriter(Executor loop, Runnable onRoom) {
        writer.attach(loop, onRoom);
    }

    void detachWriter() {
        writer.detach();
    }

    /**
     * Takes {@code message}; {@link #flush()} hands it over with all others taken before.
     *
     * @return false if there is no room: the message is still the caller's
     */
    public boolean write(Object message, int bytes) {
        return queue.stage(message, bytes);
    }

    /** Whether {@link #flush()} has something to hand over. */
    public boolean hasUnflushed() {
        return queue.hasStaged();
    }

    /** Releases what was not handed over. */
    public void discardUnflushed() {
        queue.unstage(ReferenceCountUtil::safeRelease);
    }

    /** Hands over what was written, and wakes the reader if it waits, once for all. */
    public void flush() {
        queue.publish();
        fence(); // pairs with awaitMessage, and with abandon
        if (abandoned) {
            queue.sweep(ReferenceCountUtil::safeRelease);
        } else if (reader.isArmed()) {
            reader.ring();
        }
    }

    /** After {@link #write} failed. @return true: {@link #flush()}, {@code onRoom} will be called; false: there is room by now */
    public boolean awaitRoom(int bytes) {
        queue.publish();
        wakeAt = queue.halfEmptyAt();
        writer.arm();
        VarHandle.fullFence(); // pairs with madeRoom
        if (!abandoned && queue.hasRoom(bytes)) {
            writer.disarm();
            return false;
        }
        return true;
    }

    /** Whether nobody will read what is written. */
    public boolean isAbandoned() {
        return abandoned;
    }

    /**
     * Writes no more.
     *
     * @param cause null: the reader has everything before, then the end; else it has the cause at once
     */
    public void end(Throwable cause) {
        if (!ended) {
            endCause = cause;
            ended = true;
            reader.call();
        }
    }

    // ---- the reader's

    void attachReader(Executor loop, Runnable onMessage) {
        reader.attach(loop, onMessage);
    }

    void detachReader() {
        reader.detach();
    }

    /** @return the next message, the caller's from now; null if there is none */
    public Object read() {
        return queue.poll();
    }

    /** After reading a while: wakes the writer if it waits and there is room worth waking it for. */
    public void madeRoom() {
        fence(); // pairs with awaitRoom
        if (writer.isArmed() && queue.readIndex() >= wakeAt) {
            writer.ring();
        }
    }

    /** @return true: {@code onMessage} will be called; false: there is something, a message or the end */
    public boolean awaitMessage() {
        if (queue.isEmpty() && !ended) {
            reader.arm();
            fence(); // pairs with flush
            if (queue.isEmpty() && !ended) {
                return true;
            }
            reader.disarm();
        }
        return false;
    }

    /** Whether the writer writes no more; messages may still wait. */
    public boolean isEnded() {
        return ended;
    }

    /** After {@link #isEnded()}: whether all was read as well. */
    public boolean isDrained() {
        return queue.isEmpty();
    }

    /** After {@link #isEnded()}: null if the end is in order. */
    public Throwable endCause() {
        return endCause;
    }

    /** Reads no more: what waits is released, and so is what comes. */
    public void abandon() {
        if (!abandoned) {
            abandoned = true;
            fence(); // pairs with flush: a message is seen here, or its writer sees that we are gone
            queue.sweep(ReferenceCountUtil::safeRelease);
            writer.call();
        }
    }
}
