package io.evpl.inproc;

import io.netty.buffer.ByteBuf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Memory that the other end of a connection may reach while it is open. Closing it is safe while somebody copies: no new
 * access begins, and the last one under way gives the memory back.
 */
public final class Region {
    /** Set in {@link #users} once closed. */
    private static final int CLOSED = 1 << 31;
    private static final VarHandle USERS;

    static {
        try {
            USERS = MethodHandles.lookup().findVarHandle(Region.class, "users", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ByteBuf memory;
    private final long address;
    private final int key;
    private final boolean readable;
    private final boolean writable;
    private final Runnable onClosed;
    private int users;

    /** @param memory given to the region, which releases it @param onClosed runs once nobody touches it any more */
    Region(ByteBuf memory, long address, int key, boolean readable, boolean writable, Runnable onClosed) {
        this.memory = memory;
        this.address = address;
        this.key = key;
        this.readable = readable;
        this.writable = writable;
        this.onClosed = onClosed;
    }

    public long address() {
        return address;
    }

    public int bytes() {
        return memory.capacity();
    }

    public int key() {
        return key;
    }

    public boolean isReadable() {
        return readable;
    }

    public boolean isWritable() {
        return writable;
    }

    /**
     * Where in this memory an access begins.
     *
     * @param at the address a peer named
     * @return -1 if {@code bytes} from there are not all within
     */
    public int indexOf(long at, int bytes) {
        long index = at - address; // of any two addresses: only 0 to bytes() can be within
        return index >= 0 && index <= bytes() && bytes <= bytes() - index ? (int) index : -1;
    }

    /** Fills all of {@code target} that is writable. @return false if the region is closed, and nothing was touched */
    public boolean read(int index, ByteBuf target) {
        if (!enter()) {
            return false;
        }
        try {
            memory.getBytes(index, target, target.writableBytes());
            return true;
        } finally {
            leave();
        }
    }

    /** Writes what is readable of {@code source}. @return false if the region is closed, and nothing was touched */
    public boolean write(int index, ByteBuf source) {
        if (!enter()) {
            return false;
        }
        try {
            memory.setBytes(index, source, source.readerIndex(), source.readableBytes());
            source.skipBytes(source.readableBytes());
            return true;
        } finally {
            leave();
        }
    }

    boolean enter() {
        for (;;) {
            int now = (int) USERS.getVolatile(this);
            if (now < 0) {
                return false;
            }
            if (USERS.compareAndSet(this, now, now + 1)) {
                return true;
            }
        }
    }

    void leave() {
        if ((int) USERS.getAndAdd(this, -1) - 1 == CLOSED) {
            closed();
        }
    }

    /** From any thread, once or more. */
    void close() {
        if ((int) USERS.getAndBitwiseOr(this, CLOSED) == 0) {
            closed();
        }
    }

    private void closed() {
        memory.release();
        onClosed.run();
    }
}
