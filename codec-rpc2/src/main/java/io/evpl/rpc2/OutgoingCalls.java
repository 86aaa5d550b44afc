package io.evpl.rpc2;

import io.evpl.rpc2.CallObserver.Outcome;
import io.evpl.rpc2.OutgoingCall.State;
import io.evpl.rpc2.auth.ClientAuth;
import io.evpl.rpc2.auth.ProtectionException;
import io.evpl.rpc2.datagram.DatagramRecords;
import io.evpl.rpc2.datagram.PeerChannel;
import io.evpl.xdr.XdrDecoder;
import io.evpl.xdr.XdrException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DatagramChannel;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The client's half of a connection. A call waits for the connection and for room, then for its flavor, then it is sent and pending until
 * its reply comes. All on the connection's loop, but for {@link #make} and {@link #forgotten}.
 */
final class OutgoingCalls {
    private final RpcConnection connection;
    private final RpcConfig config;
    private final RpcLimits limits;
    /** A server that remembers duplicates by xid must not take a new connection's calls for the last one's: the first is random. */
    private final AtomicInteger nextXid = new AtomicInteger(ThreadLocalRandom.current().nextInt());
    private final PendingTable pending = new PendingTable();
    private final ArrayDeque<OutgoingCall<?, ?>> waiting = new ArrayDeque<>(0);
    /** Those whose flavor is not ready. */
    private final Set<OutgoingCall<?, ?>> preparing = new HashSet<>(0);
    private long pendingBytes;
    /** Shared with other connections, or null. */
    private final CallBudget budget;
    private boolean awaitsBudget;
    /** Null until the connection is there, and again when it has ended. */
    private ChannelHandlerContext ctx;
    private Outbox outbox;
    private CallWriter writer;
    private XdrDecoder decoder;
    /** Null if calls are sent once. */
    private Retransmission retransmission;
    private int maxMessageBytes;
    private boolean sendingWaiting;
    /** Why calls fail at once; null while the connection lives. */
    private CloseCause ended;

    OutgoingCalls(RpcConnection connection, RpcConfig config) {
        this.connection = connection;
        this.config = config;
        this.limits = config.limits();
        this.budget = config.pendingBudget();
    }

    // ---- from any thread ----------------------------------------------------------------------------------------------

    <A, R> RpcFuture<R> make(RpcProcedure<A, R> procedure, A arguments, CallOptions options) {
        ClientAuth auth = options.auth() == null ? config.clientAuth() : options.auth();
        long timeoutNs = options.timeoutNs() == 0 ? config.callTimeoutNs() : options.timeoutNs();
        int xid = options.hasXid() ? options.xid() : nextXid.getAndIncrement();
        OutgoingCall<A, R> call = new OutgoingCall<>(this, procedure, arguments, auth, timeoutNs, options.hasXid(), xid);
        if (connection.inEventLoop()) {
            begin(call);
        } else if (!connection.execute(call)) {
            ConnectionLostException cause = new ConnectionLostException("the connection's loop has ended");
            call.end(Outcome.CONNECTION_LOST, 0, cause);
            call.future.fail(cause);
        }
        return call.future;
    }

    /** Somebody has completed the future; the reply will be ignored. */
    void forgotten(OutgoingCall<?, ?> call) {
        if (connection.inEventLoop()) {
            forget(call);
        } else {
            connection.execute(() -> forget(call));
        }
    }

    // ---- the connection -----------------------------------------------------------------------------------------------

    /** Calls can be sent from now on. */
    void open(ChannelHandlerContext ctx, Outbox outbox, CallWriter writer, XdrDecoder decoder) {
        this.ctx = ctx;
        this.outbox = outbox;
        this.writer = writer;
        this.decoder = decoder;
        boolean overDatagrams = ctx.channel() instanceof DatagramChannel || ctx.channel() instanceof PeerChannel;
        retransmission = config.retransmission() == null && overDatagrams ? Retransmission.DEFAULT : config.retransmission();
        // With the mark, which the datagram will not have.
        maxMessageBytes = overDatagrams ? DatagramRecords.MAX_MESSAGE_BYTES + ReplyWriter.MARK_BYTES : Integer.MAX_VALUE;
        sendWaiting();
    }

    /** Fails every call; those that are made now fail, too, and may be made in the callbacks of these. */
    void close(CloseCause cause) {
        ended = cause;
        ctx = null;
        ArrayDeque<OutgoingCall<?, ?>> lost = new ArrayDeque<>(waiting);
        waiting.clear();
        pending.removeAll(call -> {
            uncount(call.messageBytes());
            lost.add(call);
        });
        lost.addAll(preparing);
        preparing.clear();
        lost.forEach(call -> fail(call, lost(cause)));
    }

    /** RFC 9289, section 4.1: a channel that cannot be secured is reported as a refusal of the credentials is. */
    private static RpcException lost(CloseCause cause) {
        if (cause.kind() == CloseCause.Kind.SECURITY && cause.detail() instanceof AuthException refusal) {
            return refusal;
        }
        return new ConnectionLostException("the connection is gone: " + cause, cause.detail());
    }

    int pendingCalls() {
        return pending.size();
    }

    private boolean hasRoom() {
        if (ctx == null || pending.size() >= limits.maxPendingCalls() || pendingBytes >= limits.maxPendingBytes()
                || !ctx.channel().isWritable()) {
            return false;
        }
        if (budget == null || !budget.isSpent()) {
            return true;
        }
        if (!awaitsBudget) {
            awaitsBudget = true;
            budget.await(() -> connection.execute(this::budgetHasRoom));
        }
        return false;
    }

    private void budgetHasRoom() {
        awaitsBudget = false;
        sendWaiting();
    }

    private void count(int messageBytes) {
        pendingBytes += messageBytes;
        if (budget != null) {
            budget.take(messageBytes);
        }
    }

    private void uncount(int messageBytes) {
        pendingBytes -= messageBytes;
        if (budget != null) {
            budget.giveBack(messageBytes);
        }
    }

    /** Sends calls that have waited, as far as there is room. */
    void sendWaiting() {
        if (sendingWaiting) {
            return;
        }
        sendingWaiting = true;
        try {
            while (!waiting.isEmpty() && hasRoom()) {
                OutgoingCall<?, ?> call = waiting.pollFirst();
                if (call.state() == State.WAITING) {
                    prepare(call);
                }
            }
        } finally {
            sendingWaiting = false;
        }
    }

    // ---- a call -------------------------------------------------------------------------------------------------------

    void begin(OutgoingCall<?, ?> call) {
        if (config.observer() != null) {
            call.observation(config.observer().calling(call.procedure, connection.remoteAddress()));
        }
        if (call.future.isDone()) {
            call.end(Outcome.CANCELLED, 0, null);
            return;
        }
        if (ended != null) {
            failLater(call, lost(ended));
            return;
        }
        if (call.timeoutNs() != Long.MAX_VALUE) {
            call.timer(connection.executor().schedule(call, call.timeoutNs(), TimeUnit.NANOSECONDS));
        }
        if (waiting.isEmpty() && hasRoom()) {
            prepare(call);
        } else if (waiting.size() < limits.maxWaitingCalls()) {
            call.state(State.WAITING);
            waiting.addLast(call);
        } else {
            failLater(call, new TooManyCallsException(waiting.size() + " calls wait already, and " + pending.size() + " are pending"));
        }
    }

    /** Not within {@link #make}, whose caller has not got the future yet and may call again from its callback, without end. */
    private void failLater(OutgoingCall<?, ?> call, RpcException cause) {
        call.end(Outcome.of(cause), 0, cause);
        if (!connection.execute(() -> call.future.fail(cause))) {
            call.future.fail(cause);
        }
    }

    private void prepare(OutgoingCall<?, ?> call) {
        CompletionStage<Void> ready = ClientAuth.READY;
        try {
            ready = call.auth.ready(connection, call.procedure.program(), call.procedure.version());
        } catch (RuntimeException e) {
            fail(call, e);
            return;
        }
        if (ready == ClientAuth.READY || isDone(ready)) {
            send(call);
            return;
        }
        toPreparing(call);
        ready.whenComplete((_, failure) -> connection.execute(() -> prepared(call, failure)));
    }

    private void toPreparing(OutgoingCall<?, ?> call) {
        call.state(State.PREPARING);
        preparing.add(call);
    }

    private static boolean isDone(CompletionStage<?> stage) {
        CompletableFuture<?> future = stage.toCompletableFuture();
        return future.isDone() && !future.isCompletedExceptionally();
    }

    private void prepared(OutgoingCall<?, ?> call, Throwable failure) {
        if (call.state() != State.PREPARING) {
            return;
        }
        preparing.remove(call);
        if (failure != null) {
            fail(call, failure);
        } else if (ended != null) {
            fail(call, lost(ended));
        } else if (hasRoom()) {
            send(call);
        } else {
            call.state(State.WAITING);
            waiting.addFirst(call);
        }
    }

    private void send(OutgoingCall<?, ?> call) {
        if (!findXid(call)) {
            fail(call, new IllegalArgumentException("xid " + Integer.toUnsignedString(call.xid) + " is pending already"));
            return;
        }
        ClientAuth.Attempt attempt;
        ByteBuf message;
        try {
            attempt = call.auth.attempt(call.procedure.program(), call.procedure.version(), call.procedure.number());
            message = writer.write(call, attempt);
        } catch (ProtectionException e) {
            fail(call, new RpcException("the arguments cannot be protected", e));
            return;
        } catch (RuntimeException e) {
            fail(call, e);
            return;
        }
        int bytes = message.readableBytes();
        if (bytes > maxMessageBytes) {
            message.release();
            fail(call, new RpcException("a call of " + call.procedure + " in " + bytes + " bytes fits no datagram: at most "
                    + maxMessageBytes + "; use TCP for it"));
            return;
        }
        call.sent(attempt, bytes);
        if (retransmission != null) {
            call.keep(message.retainedDuplicate());
            scheduleRepeat(call);
        }
        pending.add(call);
        count(bytes);
        outbox.add(message);
        connection.wrote();
        connection.pendingChanged();
    }

    private void scheduleRepeat(OutgoingCall<?, ?> call) {
        call.repeatTimer(connection.executor().schedule(() -> repeat(call), retransmission.delayNs(call.transmissions()), TimeUnit.NANOSECONDS));
    }

    private void repeat(OutgoingCall<?, ?> call) {
        if (call.state() != State.PENDING) {
            return;
        }
        if (call.transmissions() >= retransmission.transmissions()) {
            fail(call, new RpcTimeoutException("no reply to " + call.procedure + ", which was sent " + call.transmissions() + " times"));
            return;
        }
        outbox.add(call.repeat());
        connection.wrote();
        scheduleRepeat(call);
    }

    /** Ids wrap, and callers choose some: one that is pending is not used a second time. */
    private boolean findXid(OutgoingCall<?, ?> call) {
        if (pending.find(call.xid) == null) {
            return true;
        }
        if (call.hasFixedXid()) {
            return false;
        }
        do {
            call.xid(nextXid.getAndIncrement());
        } while (pending.find(call.xid) != null);
        return true;
    }

    private void unpend(OutgoingCall<?, ?> call) {
        if (pending.find(call.xid) == call) {
            pending.remove(call);
            uncount(call.messageBytes());
            connection.pendingChanged();
        }
    }

    void fail(OutgoingCall<?, ?> call, Throwable cause) {
        fail(call, cause, 0);
    }

    private void fail(OutgoingCall<?, ?> call, Throwable cause, int replyBytes) {
        if (call.state() == State.ENDED) {
            return;
        }
        unlist(call);
        call.end(Outcome.of(cause), replyBytes, cause);
        call.future.fail(cause);
        sendWaiting();
    }

    private void forget(OutgoingCall<?, ?> call) {
        if (call.state() == State.ENDED || call.state() == State.NEW) {
            return;
        }
        unlist(call);
        call.end(Outcome.CANCELLED, 0, null);
        sendWaiting();
    }

    private void unlist(OutgoingCall<?, ?> call) {
        switch (call.state()) {
            case WAITING -> waiting.remove(call);
            case PREPARING -> preparing.remove(call);
            case PENDING -> unpend(call);
            case NEW, ENDED -> {
                // nowhere
            }
        }
    }

    // ---- a reply ------------------------------------------------------------------------------------------------------

    /** A message that says REPLY, of at least {@link CallMessage#MIN_BYTES}. One that nobody waits for is ignored. */
    void onReply(ByteBuf message) {
        OutgoingCall<?, ?> call = pending.find(message.getInt(message.readerIndex()));
        if (call != null) {
            unpend(call);
            complete(call, message);
            sendWaiting();
        }
    }

    private <R> void complete(OutgoingCall<?, R> call, ByteBuf message) {
        int replyBytes = message.readableBytes();
        R results;
        try {
            ReplyReader.readHeader(message, call.attempt(), call.procedure);
            results = results(call, message);
        } catch (AuthException e) {
            refused(call, e, replyBytes);
            return;
        } catch (ProtectionException e) {
            fail(call, new MalformedReplyException("the reply to " + call.procedure + " is not protected as it must be: "
                    + e.getMessage(), e), replyBytes);
            return;
        } catch (XdrException e) {
            fail(call, new MalformedReplyException("the results of " + call.procedure + " are none: " + e.getMessage(), e), replyBytes);
            return;
        } catch (RuntimeException e) {
            fail(call, e, replyBytes);
            return;
        }
        call.end(Outcome.SUCCESS, replyBytes, null);
        if (!call.future.succeed(results) && results != null) {
            call.procedure.result().release(results);
        }
    }

    private <R> R results(OutgoingCall<?, R> call, ByteBuf message) throws ProtectionException {
        if (!call.attempt().wraps()) {
            return decode(call.procedure, message);
        }
        ByteBuf unwrapped = call.attempt().unwrapResults(message.retainedSlice());
        try {
            return decode(call.procedure, unwrapped);
        } finally {
            unwrapped.release();
        }
    }

    private <R> R decode(RpcProcedure<?, R> procedure, ByteBuf in) {
        decoder.strictPadding(config.strictPadding()).start(in);
        R results;
        try {
            results = procedure.result().decode(decoder);
        } catch (RuntimeException e) {
            if (!(e instanceof XdrException)) {
                decoder.abort();
            }
            throw e;
        }
        decoder.end();
        return results;
    }

    /** Some flavors can make their session anew; then the call is made once more. */
    private void refused(OutgoingCall<?, ?> call, AuthException e, int replyBytes) {
        if (!call.takeSecondAttempt()) {
            fail(call, e, replyBytes);
            return;
        }
        CompletionStage<Boolean> mending;
        try {
            mending = call.auth.refused(connection, call.attempt(), e.stat());
        } catch (RuntimeException failure) {
            fail(call, failure);
            return;
        }
        toPreparing(call);
        mending.whenComplete((mended, failure) -> connection.execute(() -> {
            if (failure == null && mended) {
                prepared(call, null);
            } else {
                fail(call, e, replyBytes);
            }
        }));
    }
}
