package io.evpl.rpc2;

import io.evpl.xdr.XdrCodec;
import io.evpl.xdr.XdrDecoder;
import io.evpl.xdr.XdrEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A call of a client's, over as many connections as it takes. All fields are its slot's loop's. As a task, it begins. */
final class ClientCall<A, R> implements Runnable {
    /** Arguments that are encoded already. */
    private static final XdrCodec<ByteBuf> ENCODED = new XdrCodec<>() {
        @Override
        public void encode(XdrEncoder out, ByteBuf value) {
            out.append(value);
        }

        @Override
        public ByteBuf decode(XdrDecoder in) {
            throw new UnsupportedOperationException("arguments are only sent");
        }

        @Override
        public int minBytes() {
            return 0;
        }

        @Override
        public void release(ByteBuf value) {
            value.release();
        }
    };

    final RpcFuture<R> future;
    private final ClientSlot slot;
    private final RpcProcedure<A, R> procedure;
    private final CallOptions options;
    private final long timeoutNs;
    private final boolean mayRepeat;
    private A arguments;
    private boolean hasArguments = true;
    /** Encoded, if the call may have to be made again; else null. */
    private ByteBuf encoded;
    private ScheduledFuture<?> timer;
    /** On a connection, or null. */
    private RpcFuture<R> sent;
    private boolean ended;

    /** @param options with an xid */
    ClientCall(ClientSlot slot, RpcProcedure<A, R> procedure, A arguments, CallOptions options, long timeoutNs, boolean mayRepeat) {
        this.slot = slot;
        this.procedure = procedure;
        this.arguments = arguments;
        this.options = options.withTimeoutNs(Long.MAX_VALUE);
        this.timeoutNs = timeoutNs;
        this.mayRepeat = mayRepeat;
        future = new RpcFuture<>(options.xid());
        future.onForget(() -> slot.onLoop(this::forget));
    }

    int xid() {
        return options.xid();
    }

    @Override
    public void run() {
        if (future.isDone()) {
            forget();
            return;
        }
        if (mayRepeat) {
            try {
                encode();
            } catch (RuntimeException e) {
                fail(e);
                return;
            }
        }
        if (timeoutNs != Long.MAX_VALUE) {
            timer = slot.loop().schedule(this::expire, timeoutNs, TimeUnit.NANOSECONDS);
        }
        slot.send(this);
    }

    private void encode() {
        XdrEncoder encoder = LoopXdr.get().encoder();
        encoder.start(ByteBufAllocator.DEFAULT);
        procedure.arguments().encode(encoder, arguments);
        encoded = encoder.finish();
        releaseArguments();
    }

    /** Makes the call on a connection that is there. */
    void send(RpcConnection connection) {
        if (encoded == null) {
            hasArguments = false; // the connection's from now on
            A taken = arguments;
            arguments = null;
            sent = connection.call(procedure, taken, options);
        } else {
            RpcProcedure<ByteBuf, R> again = new RpcProcedure<>(procedure.program(), procedure.version(), procedure.number(),
                    procedure.name(), ENCODED, procedure.result());
            sent = connection.call(again, encoded.retainedSlice(), options);
        }
        sent.whenComplete((results, failure) -> slot.onLoop(() -> answered(connection, results, failure)));
    }

    private void answered(RpcConnection connection, R results, Throwable failure) {
        if (ended) {
            if (results != null) {
                procedure.result().release(results);
            }
            return;
        }
        sent = null;
        if (failure instanceof ConnectionLostException) {
            slot.lost(connection);
            if (encoded != null && slot.isOpen()) {
                slot.send(this);
                return;
            }
        } else if (failure == null || failure instanceof RpcException && !(failure instanceof TooManyCallsException)) {
            slot.heard(connection);
        }
        if (failure != null) {
            fail(failure);
            return;
        }
        end();
        if (!future.succeed(results) && results != null) {
            procedure.result().release(results);
        }
    }

    private void expire() {
        timer = null;
        fail(new RpcTimeoutException("no reply to " + procedure + " in time"));
    }

    void fail(Throwable cause) {
        if (!ended) {
            end();
            future.fail(cause);
        }
    }

    /** Somebody else has completed the future. */
    private void forget() {
        if (!ended) {
            end();
        }
    }

    private void end() {
        ended = true;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        slot.ended(this);
        RpcFuture<R> open = sent;
        sent = null;
        if (open != null) {
            open.cancel(false);
        }
        releaseArguments();
        if (encoded != null) {
            encoded.release();
            encoded = null;
        }
    }

    private void releaseArguments() {
        if (hasArguments) {
            hasArguments = false;
            A old = arguments;
            arguments = null;
            if (old != null) {
                procedure.arguments().release(old);
            }
        }
    }
}
