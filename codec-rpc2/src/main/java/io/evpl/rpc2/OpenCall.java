package io.evpl.rpc2;

import io.evpl.rpc2.CallObserver.Observation;
import io.evpl.rpc2.CallObserver.Outcome;
import io.evpl.rpc2.auth.AuthStat;
import io.evpl.rpc2.auth.CallProtection;
import io.evpl.rpc2.auth.Credential;
import io.evpl.xdr.XdrException;
import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;

/**
 * A call that a handler has. Whoever answers wins the state; what follows from it happens on the loop. As a task, it is its own answer.
 */
final class OpenCall<A, R> extends RpcCall<R> implements Runnable {
    private static final int OPEN = 0;
    private static final int REPLIED = 1;
    private static final int REPLIED_ENCODED = 2;
    private static final int FAILED = 3;
    private static final int DENIED = 4;
    private static final int DROPPED = 5;
    private static final int GARBAGE = 6;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(OpenCall.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ServedCalls owner;
    private final RpcProcedure<A, R> procedure;
    private final Credential credential;
    private final CallProtection protection;
    private final int xid;
    private final int messageBytes;
    private A arguments;
    /** Results, cause or {@link AuthStat}: what the state says. */
    private Object answer;
    private ReplyCapture capture;
    /** Null if nobody asks. */
    private Observation observation;
    /** The results break a bound of their type. */
    private XdrException unsendable;
    private volatile int state;
    /** Of the loop: it counts against the limits. */
    private boolean counted;
    /** Of the loop: nothing is left to do. */
    private boolean ended;

    OpenCall(ServedCalls owner, RpcProcedure<A, R> procedure, CallMessage message, Credential credential, CallProtection protection) {
        this.owner = owner;
        this.procedure = procedure;
        this.credential = credential;
        this.protection = protection;
        xid = message.xid();
        messageBytes = message.messageBytes();
    }

    @Override
    public int xid() {
        return xid;
    }

    @Override
    public RpcProcedure<A, R> procedure() {
        return procedure;
    }

    @Override
    public Credential credential() {
        return credential;
    }

    @Override
    public RpcCaller connection() {
        return owner.connection();
    }

    @Override
    public SocketAddress remoteAddress() {
        return owner.connection().remoteAddress();
    }

    @Override
    public boolean isOpen() {
        return state == OPEN && owner.isOpen();
    }

    @Override
    public void capture(ReplyCapture capture) {
        this.capture = capture;
    }

    @Override
    public boolean reply(R results) {
        return settle(REPLIED, results);
    }

    @Override
    public boolean replyEncoded(ByteBuf results) {
        return settle(REPLIED_ENCODED, results);
    }

    @Override
    public boolean fail(Throwable cause) {
        return settle(FAILED, cause);
    }

    @Override
    public boolean deny(AuthStat stat) {
        return settle(DENIED, stat);
    }

    @Override
    public boolean drop() {
        return settle(DROPPED, null);
    }

    /** The arguments are none. */
    void garbage() {
        settle(GARBAGE, null);
    }

    void observation(Observation started) {
        observation = started;
    }

    Observation observation() {
        return observation;
    }

    int messageBytes() {
        return messageBytes;
    }

    void arguments(A decoded) {
        arguments = decoded;
    }

    boolean isEnded() {
        return ended;
    }

    void count() {
        counted = true;
    }

    boolean isCounted() {
        return counted;
    }

    private boolean settle(int outcome, Object with) {
        if (!STATE.compareAndSet(this, OPEN, outcome)) {
            release(outcome, with);
            return false;
        }
        answer = with;
        boolean heard = owner.isOpen();
        if (!owner.run(this)) {
            if (observation != null) {
                observed(false, 0);
            }
            giveBack(); // the loop has ended, and the connection with it
        }
        return heard;
    }

    /** Sends the answer that was settled. On the loop, once. */
    @Override
    public void run() {
        long writtenBytes = observation == null ? 0 : owner.writer().writtenBytes();
        boolean heard = owner.isOpen();
        try {
            if (heard) {
                send(owner.writer());
            } else if (capture != null) {
                captureUnheard();
            }
        } finally {
            ended = true;
            if (observation != null) {
                observed(heard, (int) (owner.writer().writtenBytes() - writtenBytes));
            }
            giveBack();
            owner.ended(this);
        }
    }

    private void observed(boolean heard, int replyBytes) {
        Outcome outcome = switch (state) {
            case REPLIED, REPLIED_ENCODED -> unsendable == null ? Outcome.SUCCESS : Outcome.SYSTEM_ERR;
            case FAILED -> Outcome.SYSTEM_ERR;
            case DENIED -> Outcome.AUTH_ERROR;
            case GARBAGE -> Outcome.GARBAGE_ARGS;
            default -> Outcome.DROPPED;
        };
        Throwable cause = state == FAILED ? (Throwable) answer : unsendable;
        observation.ended(heard || outcome == Outcome.DROPPED ? outcome : Outcome.CONNECTION_LOST, replyBytes, cause);
    }

    private void send(ReplyWriter writer) {
        switch (state) {
            case REPLIED -> sendResults(writer);
            case REPLIED_ENCODED -> {
                ByteBuf results = (ByteBuf) answer;
                answer = null;
                writer.encoded(xid, protection, results, takeCapture());
            }
            case FAILED -> {
                owner.logFailure(procedure, (Throwable) answer);
                writer.accepted(xid, protection, ReplyWriter.SYSTEM_ERR);
            }
            case DENIED -> writer.denied(xid, (AuthStat) answer);
            case GARBAGE -> writer.accepted(xid, protection, ReplyWriter.GARBAGE_ARGS);
            default -> {
                // dropped: no answer
            }
        }
        if (capture != null) {
            takeCapture().notReplied();
        }
    }

    private void sendResults(ReplyWriter writer) {
        @SuppressWarnings("unchecked")
        R results = (R) answer;
        try {
            writer.results(xid, protection, procedure.result(), results, capture);
            capture = null;
        } catch (XdrException e) {
            unsendable = e;
            owner.logFailure(procedure, e);
            writer.accepted(xid, protection, ReplyWriter.SYSTEM_ERR);
        }
    }

    /** Nobody waits for this reply any more, but who caches replies wants it for the caller's next connection. */
    private void captureUnheard() {
        ReplyCapture taken = takeCapture();
        if (state == REPLIED) {
            @SuppressWarnings("unchecked")
            R results = (R) answer;
            try {
                owner.writer().show(procedure.result(), results, taken);
                return;
            } catch (XdrException e) {
                owner.logFailure(procedure, e);
            }
        } else if (state == REPLIED_ENCODED) {
            taken.replied((ByteBuf) answer);
            return;
        }
        taken.notReplied();
    }

    private ReplyCapture takeCapture() {
        ReplyCapture taken = capture;
        capture = null;
        return taken;
    }

    private void giveBack() {
        A oldArguments = arguments;
        Object oldAnswer = answer;
        arguments = null;
        answer = null;
        if (oldArguments != null) {
            procedure.arguments().release(oldArguments);
        }
        release(state, oldAnswer);
    }

    private void release(int outcome, Object with) {
        if (with == null) {
            return;
        }
        if (outcome == REPLIED) {
            @SuppressWarnings("unchecked")
            R results = (R) with;
            procedure.result().release(results);
        } else if (outcome == REPLIED_ENCODED) {
            ((ByteBuf) with).release();
        }
    }
}
