package io.evpl.examples.perf.scenario;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** What one event loop has moved. Written by that loop only; {@link #progressBytes()} and {@link #fault()} may be read by any thread. */
public class Tally {
    private static final VarHandle RECEIVED;
    private static final VarHandle SENT;

    static {
        try {
            RECEIVED = MethodHandles.lookup().findVarHandle(Tally.class, "receivedBytes", long.class);
            SENT = MethodHandles.lookup().findVarHandle(Tally.class, "sentBytes", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long receivedBytes;
    private long sentBytes;
    private long lostMessages;
    private volatile String fault;

    public final void received(long bytes) {
        RECEIVED.setOpaque(this, receivedBytes + bytes);
    }

    /** Bytes whose write the transport has completed, or, of datagrams, has accepted. */
    public final void sent(long bytes) {
        SENT.setOpaque(this, sentBytes + bytes);
    }

    /** Messages now known to be lost; negative if some thought lost have come after all. */
    public final void lost(long messages) {
        lostMessages += messages;
    }

    public final long lostMessages() {
        return lostMessages;
    }

    public final long receivedBytes() {
        return receivedBytes;
    }

    public final long sentBytes() {
        return sentBytes;
    }

    /** Grows as long as anything moves: the watchdog's food. Opaque reads, since the loop that writes never synchronises. */
    public final long progressBytes() {
        return (long) RECEIVED.getOpaque(this) + (long) SENT.getOpaque(this);
    }

    /** The first fault is the cause; those after it are its consequences. */
    public final void fault(String reason) {
        if (fault == null) {
            fault = reason;
        }
    }

    /** @return null if all was well so far */
    public final String fault() {
        return fault;
    }
}
