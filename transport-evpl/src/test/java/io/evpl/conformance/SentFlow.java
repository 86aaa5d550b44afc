package io.evpl.conformance;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

import java.util.ArrayList;
import java.util.List;

/**
 * One direction of a connection: what was sent, and what of it has arrived. The test's thread sends, one loop receives.
 */
final class SentFlow {
    private final boolean stream;
    private final int number;
    private final int at;
    private final Side receiver;
    /** Bytes of a stream, or datagrams. */
    private long sent;
    private long received;
    private final List<Message> messages = new ArrayList<>();

    /** What arrived. */
    record Arrival(Key key, long amount, String detail) {
    }

    private static final class Message {
        final Key key;
        final long sequence;
        final int bytes;
        boolean arrived;

        Message(Key key, long sequence, int bytes) {
            this.key = key;
            this.sequence = sequence;
            this.bytes = bytes;
        }
    }

    /** @param at place in the program of the operation that made the connection */
    SentFlow(boolean stream, int at, Side sender) {
        this.stream = stream;
        this.at = at;
        receiver = sender.peer();
        number = at * Side.values().length + sender.ordinal();
    }

    /** @return what to write */
    synchronized Object send(int sendAt, int piece, int bytes, Op.BufferKind kind, ByteBufAllocator alloc) {
        Object content = Pattern.make(kind, number, offset(sent), bytes, alloc);
        if (!stream) {
            messages.add(new Message(new Key(Key.What.MESSAGE, sendAt, Integer.toString(piece)), sent, bytes));
        }
        sent += stream ? bytes : 1;
        return content;
    }

    private long offset(long position) {
        return stream ? position : position * 257; // datagrams of one byte differ from their neighbours
    }

    synchronized Arrival arrive(ByteBuf buf) {
        return stream ? arriveBytes(buf) : arriveMessage(buf);
    }

    private Arrival arriveBytes(ByteBuf buf) {
        int bytes = buf.readableBytes();
        if (!Pattern.matches(buf, number, received)) {
            return corrupt(bytes + " bytes that do not belong at " + received);
        }
        received += bytes;
        return new Arrival(Key.of(Key.What.BYTES, at, receiver), bytes, "");
    }

    private Arrival arriveMessage(ByteBuf buf) {
        Message again = null;
        for (Message message : messages) {
            if (message.bytes == buf.readableBytes() && Pattern.matches(buf, number, offset(message.sequence))) {
                if (!message.arrived) {
                    message.arrived = true;
                    return new Arrival(message.key, 1, "");
                }
                again = message;
            }
        }
        return again == null ? corrupt("a datagram of " + buf.readableBytes() + " bytes that nobody sent")
                : new Arrival(again.key, 1, "again");
    }

    private Arrival corrupt(String what) {
        return new Arrival(Key.of(Key.What.CORRUPT, at, receiver), 1, what);
    }
}
