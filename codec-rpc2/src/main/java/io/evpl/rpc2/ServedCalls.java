package io.evpl.rpc2;

import io.evpl.rpc2.CallObserver.Observation;
import io.evpl.rpc2.CallObserver.Outcome;
import io.evpl.rpc2.auth.AuthStat;
import io.evpl.rpc2.auth.CallProtection;
import io.evpl.rpc2.auth.ProtectionException;
import io.evpl.rpc2.auth.ServerAuth;
import io.evpl.rpc2.auth.Verdict;
import io.evpl.xdr.XdrCodec;
import io.evpl.xdr.XdrDecoder;
import io.evpl.xdr.XdrException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayDeque;

/**
 * The server's half of a connection. Checks come in the order rpcvers, flavor, program, version, procedure, arguments, so a call that is
 * wrong in two ways is told the earlier one. All on the connection's loop, but for {@link #isOpen} and {@link #run}.
 */
final class ServedCalls {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(ServedCalls.class);
    private static final Verdict FAILED = new Verdict.Denied(AuthStat.AUTH_FAILED);

    private final RpcConnection connection;
    private final ChannelHandlerContext ctx;
    private final RpcConfig config;
    private final RpcLimits limits;
    private final ReplyWriter writer;
    private final XdrDecoder decoder;
    private CallMessage current;

    /** Calls that have come and must wait, because there is no room. */
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(0);
    private long heldBytes;
    private int openCalls;
    private long openBytes;
    private boolean awaitsBudget;
    /** No call is begun any more. */
    private boolean draining;
    private volatile boolean open = true;

    ServedCalls(RpcConnection connection, ChannelHandlerContext ctx, RpcConfig config, ReplyWriter writer, XdrDecoder decoder) {
        this.connection = connection;
        this.ctx = ctx;
        this.config = config;
        this.limits = config.limits();
        this.writer = writer;
        this.decoder = decoder;
        current = newMessage();
    }

    private CallMessage newMessage() {
        return new CallMessage(connection.remoteAddress(), ctx.executor());
    }

    RpcConnection connection() {
        return connection;
    }

    ReplyWriter writer() {
        return writer;
    }

    /** Whether answers still go out. From any thread. */
    boolean isOpen() {
        return open;
    }

    // ---- room ---------------------------------------------------------------------------------------------------------

    /** Whether one more call could be served now. */
    boolean hasRoom() {
        if (openCalls >= limits.maxOpenCalls() || openBytes >= limits.maxOpenBytes() || draining || !ctx.channel().isWritable()) {
            return false;
        }
        if (!config.budget().isSpent()) {
            return true;
        }
        if (!awaitsBudget) {
            awaitsBudget = true;
            config.budget().await(this::wakeFromBudget);
        }
        return false;
    }

    /** Whether no call waits. */
    boolean isServing() {
        return held.isEmpty() && hasRoom();
    }

    /** Whether calls may wait here while replies to our own calls are read. */
    boolean mayHold() {
        return heldBytes < limits.maxOpenBytes();
    }

    boolean isHolding() {
        return !held.isEmpty();
    }

    int openCalls() {
        return openCalls;
    }

    /** From any thread. */
    private void wakeFromBudget() {
        if (!connection.execute(this::budgetHasRoom)) {
            awaitsBudget = false;
        }
    }

    private void budgetHasRoom() {
        awaitsBudget = false;
        serveHeld();
    }

    /** Begins calls that have waited, as far as there is room; then the connection decides whether it reads. */
    void serveHeld() {
        while (open && !held.isEmpty() && hasRoom()) {
            ByteBuf message = held.pollFirst();
            heldBytes -= message.readableBytes();
            serve(message);
        }
        connection.updateReading();
    }

    void drain() {
        draining = true;
        releaseHeld();
    }

    void close() {
        open = false;
        releaseHeld();
    }

    private void releaseHeld() {
        held.forEach(ByteBuf::release);
        held.clear();
        heldBytes = 0;
    }

    private void count(int messageBytes) {
        openCalls++;
        openBytes += messageBytes;
        config.budget().take(messageBytes);
    }

    private void uncount(int messageBytes) {
        openCalls--;
        openBytes -= messageBytes;
        config.budget().giveBack(messageBytes);
        connection.roomAtServer();
    }

    // ---- a call -------------------------------------------------------------------------------------------------------

    /** A message that says CALL, of at least {@link CallMessage#MIN_BYTES}; takes the reference. */
    void onCall(ByteBuf message) {
        if (draining || !open) {
            message.release();
        } else if (isServing()) {
            serve(message);
        } else {
            held.addLast(message);
            heldBytes += message.readableBytes();
            connection.updateReading();
        }
    }

    private void serve(ByteBuf in) {
        try {
            CallMessage message = current;
            switch (message.read(in)) {
                case WHOLE -> authenticate(message);
                case OTHER_RPC_VERSION -> {
                    writer.rpcMismatch(message.xid());
                    unhandled(null, Outcome.RPC_MISMATCH);
                }
                case BAD_CREDENTIAL -> denied(message.xid(), null, AuthStat.AUTH_BADCRED);
                case BAD_VERIFIER -> denied(message.xid(), null, AuthStat.AUTH_BADVERF);
            }
        } finally {
            in.release();
            connection.wrote();
        }
    }

    private void authenticate(CallMessage message) {
        ServerAuth auth = config.serverAuth(message.credentialFlavor());
        if (auth == null) {
            denied(message.xid(), message, AuthStat.AUTH_REJECTEDCRED);
            return;
        }
        Verdict verdict;
        try {
            verdict = auth.authenticate(message);
        } catch (RuntimeException e) {
            LOG.warn("Flavor {} failed to decide on a call", auth.flavor(), e);
            verdict = FAILED;
        }
        if (verdict instanceof Verdict.Later later) {
            await(message, later);
        } else {
            decided(message, verdict);
        }
    }

    private void decided(CallMessage message, Verdict verdict) {
        if (verdict instanceof Verdict.Accepted accepted) {
            dispatch(message, accepted);
            return;
        }
        switch (verdict) {
            case Verdict.Denied denied -> denied(message.xid(), message, denied.stat());
            case Verdict.Garbage _ -> {
                writer.accepted(message.xid(), CallProtection.NONE, ReplyWriter.GARBAGE_ARGS);
                unhandled(message, Outcome.GARBAGE_ARGS);
            }
            case Verdict.Answered answered -> {
                writer.finished(message.xid(), answered.verifier(), answered.results());
                unhandled(message, Outcome.SUCCESS);
            }
            // A call that the flavor takes for a replay: RFC 2203, section 5.3.3.1.
            case Verdict.Dropped _ -> unhandled(message, Outcome.DROPPED);
            case Verdict.Accepted _, Verdict.Later _ -> throw new AssertionError(verdict);
        }
    }

    /** The message stays until the verdict is there; the next call is read by another object. */
    private void await(CallMessage message, Verdict.Later later) {
        current = newMessage();
        message.message().retain();
        count(message.messageBytes());
        later.verdict().whenComplete((verdict, failure) -> {
            if (!connection.execute(() -> decidedLater(message, verdict, failure))) {
                message.message().release();
            }
        });
    }

    private void decidedLater(CallMessage message, Verdict verdict, Throwable failure) {
        try {
            if (failure != null || verdict instanceof Verdict.Later) {
                LOG.warn("Flavor {} failed to decide on a call", message.credentialFlavor(), failure);
                verdict = FAILED;
            }
            if (open) {
                decided(message, verdict);
            } else if (verdict instanceof Verdict.Answered answered) {
                answered.results().release();
            }
        } finally {
            message.message().release();
            uncount(message.messageBytes());
            connection.wrote();
        }
    }

    private void dispatch(CallMessage message, Verdict.Accepted accepted) {
        RpcProgram program = config.programs().find(message.program(), message.version());
        if (program == null) {
            noProgram(message, accepted.protection());
            return;
        }
        RpcProgram.Entry<?, ?> entry = program.entry(message.procedure());
        if (entry != null) {
            invoke(message, accepted, entry);
        } else if (message.procedure() == 0) {
            nothing(message, accepted.protection());
        } else {
            writer.accepted(message.xid(), accepted.protection(), ReplyWriter.PROC_UNAVAIL);
            unhandled(message, Outcome.PROC_UNAVAIL);
        }
    }

    private void denied(int xid, CallMessage message, AuthStat stat) {
        writer.denied(xid, stat);
        unhandled(message, Outcome.AUTH_ERROR);
    }

    /** @param message null if its numbers were not read */
    private void unhandled(CallMessage message, Outcome outcome) {
        CallObserver observer = config.observer();
        if (observer == null) {
            return;
        }
        if (message == null) {
            observer.unhandled(0, 0, 0, false, outcome);
        } else {
            boolean known = config.programs().find(message.program(), message.version()) != null;
            observer.unhandled(message.program(), message.version(), message.procedure(), known, outcome);
        }
    }

    private void noProgram(CallMessage message, CallProtection protection) {
        ProgramTable programs = config.programs();
        int program = message.program();
        if (programs.hasProgram(program)) {
            writer.programMismatch(message.xid(), protection, programs.lowestVersion(program), programs.highestVersion(program));
            unhandled(message, Outcome.PROG_MISMATCH);
        } else {
            writer.accepted(message.xid(), protection, ReplyWriter.PROG_UNAVAIL);
            unhandled(message, Outcome.PROG_UNAVAIL);
        }
    }

    /** Procedure 0. What follows its header is not looked at, as no server does: it harms nobody. */
    private void nothing(CallMessage message, CallProtection protection) {
        if (!protection.wraps()) {
            writer.accepted(message.xid(), protection, ReplyWriter.SUCCESS);
            unhandled(message, Outcome.SUCCESS);
            return;
        }
        try {
            protection.unwrapArguments(message.message().retainedSlice(message.argumentsAt(), argumentBytes(message))).release();
        } catch (ProtectionException e) {
            writer.accepted(message.xid(), protection, ReplyWriter.GARBAGE_ARGS);
            unhandled(message, Outcome.GARBAGE_ARGS);
            return;
        }
        writer.encoded(message.xid(), protection, Unpooled.EMPTY_BUFFER, null);
        unhandled(message, Outcome.SUCCESS);
    }

    private static int argumentBytes(CallMessage message) {
        return message.message().writerIndex() - message.argumentsAt();
    }

    private <A, R> void invoke(CallMessage message, Verdict.Accepted accepted, RpcProgram.Entry<A, R> entry) {
        CallProtection protection = accepted.protection();
        OpenCall<A, R> call = new OpenCall<>(this, entry.procedure(), message, accepted.credential(), protection);
        if (config.observer() != null) {
            call.observation(config.observer().serving(call, message.messageBytes()));
        }
        ByteBuf in = message.message();
        if (!protection.wraps()) {
            in.readerIndex(message.argumentsAt());
            handle(call, entry, in);
        } else {
            try {
                ByteBuf arguments = protection.unwrapArguments(in.retainedSlice(message.argumentsAt(), argumentBytes(message)));
                try {
                    handle(call, entry, arguments);
                } finally {
                    arguments.release();
                }
            } catch (ProtectionException e) {
                call.garbage();
            }
        }
        if (!call.isEnded()) {
            call.count();
            count(call.messageBytes());
        }
    }

    private <A, R> void handle(OpenCall<A, R> call, RpcProgram.Entry<A, R> entry, ByteBuf in) {
        if (config.interceptor() != null && !intercept(call, in)) {
            return;
        }
        A arguments;
        try {
            arguments = decode(entry.procedure().arguments(), in);
        } catch (XdrException e) {
            LOG.debug("Arguments of {} are garbage: {}", call.procedure(), e.getMessage());
            call.garbage();
            return;
        } catch (RuntimeException e) {
            decoder.abort();
            call.fail(e);
            return;
        }
        call.arguments(arguments);
        Observation observation = call.observation();
        if (observation == null) {
            handle(call, entry, arguments);
        } else {
            observation.handlerBegins();
            handle(call, entry, arguments);
            observation.handlerReturned();
        }
    }

    private static <A, R> void handle(OpenCall<A, R> call, RpcProgram.Entry<A, R> entry, A arguments) {
        try {
            entry.handler().handle(arguments, call);
        } catch (Throwable e) {
            call.fail(e);
        }
    }

    private <A> A decode(XdrCodec<A> codec, ByteBuf in) {
        decoder.strictPadding(config.strictPadding()).start(in);
        A arguments = codec.decode(decoder);
        decoder.end();
        return arguments;
    }

    private boolean intercept(OpenCall<?, ?> call, ByteBuf arguments) {
        try {
            return config.interceptor().intercept(call, arguments);
        } catch (RuntimeException e) {
            call.fail(e);
            return false;
        }
    }

    // ---- its end ------------------------------------------------------------------------------------------------------

    /** Runs on the loop, now if this is the loop. False if the loop takes nothing any more. */
    boolean run(Runnable task) {
        if (ctx.executor().inEventLoop()) {
            task.run();
            return true;
        }
        return connection.execute(task);
    }

    /** The answer is in the outbox, or there is none. */
    void ended(OpenCall<?, ?> call) {
        if (call.isCounted()) {
            uncount(call.messageBytes());
            connection.wrote();
        }
    }

    void logFailure(RpcProcedure<?, ?> procedure, Throwable cause) {
        if (config.isFirstFailureOf(procedure)) {
            LOG.warn("{} failed; later failures of it are logged at debug level", procedure, cause);
        } else {
            LOG.debug("{} failed", procedure, cause);
        }
    }
}
