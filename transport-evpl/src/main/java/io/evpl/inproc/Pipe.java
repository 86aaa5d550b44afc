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

    Pipe(int maxMessages, long maxBytes) {
        queue = new MessageQueue(maxMessages, maxBytes);
    }

    // ---- the writer's

    void attachWriter(Executor loop, Runnable onRoom) {
        writer.attach(loop, onRoom);
    }

    void detachWriter() {
        writer.detach();
    }

    /**
     * Hands {@code message} over: the reader may have it at once. {@link #flush()} follows a batch.
     *
     * @return false if there is no room: the message is still the caller's
     */
    public boolean write(Object message, int bytes) {
        return queue.offer(message, bytes);
    }

    /** Wakes the reader if it waits, once for all that was written before. */
    public void flush() {
        VarHandle.fullFence(); // pairs with the reader's arm, then look; and with abandon, then sweep
        if (abandoned) {
            queue.sweep(ReferenceCountUtil::safeRelease);
        } else {
            reader.ring();
        }
    }

    /** After {@link #write} failed. @return true: {@code onRoom} will be called; false: there is room by now */
    public boolean awaitRoom(int bytes) {
        writer.arm();
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
        VarHandle.fullFence(); // pairs with the writer's arm, then look
        if (writer.isArmed() && queue.isHalfEmpty()) {
            writer.ring();
        }
    }

    /** @return true: {@code onMessage} will be called; false: there is something, a message or the end */
    public boolean awaitMessage() {
        if (queue.isEmpty() && !ended) {
            reader.arm();
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
            VarHandle.fullFence(); // pairs with flush: a message is seen here, or its writer sees that we are gone
            queue.sweep(ReferenceCountUtil::safeRelease);
            writer.call();
        }
    }
}
