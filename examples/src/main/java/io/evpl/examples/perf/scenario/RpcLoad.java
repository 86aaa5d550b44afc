package io.evpl.examples.perf.scenario;

import io.evpl.rpc2.RpcConfig;
import io.evpl.rpc2.RpcConnection;
import io.evpl.rpc2.RpcProcedure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/** Calls by our client: as a user makes them, the next one from the completion of the one before. */
final class RpcLoad implements Load {
    private final Scenario scenario;
    private final LoadTally tally;
    private final int procedure;
    private final int callBytes;
    private final int replyBytes;
    private final List<Calls<?>> connections = new ArrayList<>();
    private boolean running;

    RpcLoad(Scenario scenario, LoadTally tally, int procedure) {
        this.scenario = scenario;
        this.tally = tally;
        this.procedure = procedure;
        callBytes = Rpc.callBytes(scenario.payloadBytes());
        replyBytes = Rpc.replyBytes(scenario.payloadBytes());
    }

    /** One connection's calls. */
    private abstract class Calls<T> {
        private final RpcConnection connection = new RpcConnection(RpcConfig.DEFAULT);
        private final RpcProcedure<T, T> echo;
        private final int index;
        private int outstanding;

        Calls(RpcProcedure<T, T> echo, int index) {
            this.echo = echo;
            this.index = index;
        }

        abstract T arguments(int payload);

        abstract boolean isEcho(T result, int payload);

        void start() {
            for (int i = 0; i < scenario.depth(); i++) {
                new Slot<>(this, i % Rpc.PAYLOADS).call(System.nanoTime());
            }
        }
    }

    /** One call after the other. */
    private final class Slot<T> implements BiConsumer<T, Throwable> {
        private final Calls<T> calls;
        private final int payload;
        private long calledNs;

        Slot(Calls<T> calls, int payload) {
            this.calls = calls;
            this.payload = payload;
        }

        void call(long nowNs) {
            calledNs = nowNs;
            calls.outstanding++;
            tally.sent(callBytes);
            calls.connection.call(calls.echo, calls.arguments(payload)).whenComplete(this);
        }

        @Override
        public void accept(T result, Throwable failure) {
            calls.outstanding--;
            if (failure != null) {
                tally.fault("connection " + calls.index + ": " + failure);
                return;
            }
            if (!calls.isEcho(result, payload)) {
                tally.fault("connection " + calls.index + ": an echo came back wrong");
                return;
            }
            long nowNs = System.nanoTime();
            tally.received(replyBytes);
            tally.echoed(nowNs - calledNs);
            if (running) {
                call(nowNs);
            }
        }
    }

    private Calls<?> calls(int index) {
        return switch (procedure) {
            case Rpc.NULL -> new Calls<>(RpcEcho.NULL, index) {
                @Override
                Void arguments(int payload) {
                    return null;
                }

                @Override
                boolean isEcho(Void result, int payload) {
                    return true;
                }
            };
            case Rpc.ECHO -> arrays(index);
            default -> buffers(index);
        };
    }

    private byte[][] payloads(int connection) {
        byte[][] payloads = new byte[Math.min(scenario.depth(), Rpc.PAYLOADS)][];
        Arrays.setAll(payloads, i -> Rpc.payload(connection, i, scenario.payloadBytes()));
        return payloads;
    }

    private Calls<byte[]> arrays(int index) {
        byte[][] payloads = payloads(index);
        return new Calls<>(RpcEcho.ECHO, index) {
            @Override
            byte[] arguments(int payload) {
                return payloads[payload];
            }

            @Override
            boolean isEcho(byte[] result, int payload) {
                return Arrays.equals(result, payloads[payload]);
            }
        };
    }

    private Calls<ByteBuf> buffers(int index) {
        byte[][] payloads = payloads(index);
        ByteBuf[] buffers = new ByteBuf[payloads.length];
        Arrays.setAll(buffers, i -> Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(payloads[i].length).writeBytes(payloads[i])).asReadOnly());
        return new Calls<>(RpcEcho.ECHO_BUFFER, index) {
            @Override
            ByteBuf arguments(int payload) {
                return buffers[payload].slice();
            }

            @Override
            boolean isEcho(ByteBuf result, int payload) {
                boolean same = isSame(result, payloads[payload]);
                RpcEcho.ECHO_BUFFER.result().release(result);
                return same;
            }
        };
    }

    /** Part by part, each with a vectorised comparison: an echo of several buffers shall not cost its load more than an array does. */
    private static boolean isSame(ByteBuf result, byte[] payload) {
        if (result.readableBytes() != payload.length) {
            return false;
        }
        ByteBuffer expected = ByteBuffer.wrap(payload);
        for (ByteBuffer part : result.nioBuffers()) {
            expected.limit(expected.position() + part.remaining());
            if (!expected.equals(part)) {
                return false;
            }
            expected.position(expected.limit());
        }
        return true;
    }

    @Override
    public ChannelHandler connect(int connectionIndex) {
        Calls<?> calls = calls(connectionIndex);
        connections.add(calls);
        return RpcEcho.end(calls.connection);
    }

    @Override
    public void start(EventLoop loop) {
        running = true;
        connections.forEach(Calls::start);
    }

    @Override
    public void overdue(long nowNs) {
        // A call that is late holds back its successor and does not hide it.
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public int owedConnections() {
        return (int) connections.stream().filter(calls -> calls.outstanding > 0).count();
    }
}
