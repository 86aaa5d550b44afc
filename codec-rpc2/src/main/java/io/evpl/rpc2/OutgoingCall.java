package io.evpl.rpc2;

import io.evpl.rpc2.CallObserver.Observation;
import io.evpl.rpc2.CallObserver.Outcome;
import io.evpl.rpc2.auth.ClientAuth;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;

/**
 * A call that we make, from its making to its end. All fields are the loop's. As a task it does what comes next: it begins, and once it
 * has begun, its time is up.
 */
final class OutgoingCall<A, R> implements Runnable {
    enum State {
        /** Made, on its way to the loop. */
        NEW,
        /** For a connection, or for room. */
        WAITING,
        /** The flavor is not ready. */
        PREPARING,
        /** Sent. */
        PENDING,
        /** Its future is complete. */
        ENDED
    }

    final RpcProcedure<A, R> procedure;
    final ClientAuth auth;
    final RpcFuture<R> future;
    private final OutgoingCalls owner;
    private final long timeoutNs;
    private final boolean fixedXid;
    private State state = State.NEW;
    private A arguments;
    private boolean hasArguments = true;
    private ScheduledFuture<?> timer;
    private ClientAuth.Attempt attempt;
    private boolean isSecondAttempt;
    private int messageBytes;
    /** Null if nobody asks. */
    private Observation observation;
    /** As it was sent, if it may be sent again. */
    private ByteBuf message;
    private ScheduledFuture<?> repeatTimer;
    private int transmissions;
    int xid;
    /** The next one in the same place of the table. */
    OutgoingCall<?, ?> next;

    OutgoingCall(OutgoingCalls owner, RpcProcedure<A, R> procedure, A arguments, ClientAuth auth, long timeoutNs, boolean fixedXid,
            int xid) {
        this.owner = owner;
        this.procedure = procedure;
        this.arguments = arguments;
        this.auth = auth;
        this.timeoutNs = timeoutNs;
        this.fixedXid = fixedXid;
        this.xid = xid;
        future = new RpcFuture<>(xid);
        future.onForget(this::forgotten);
    }

    @Override
    public void run() {
        switch (state) {
            case NEW -> owner.begin(this);
            case WAITING, PREPARING, PENDING -> {
                timer = null;
                owner.fail(this, new RpcTimeoutException("no reply to " + procedure + " in time"));
            }
            case ENDED -> {
                // the reply was quicker
            }
        }
    }

    /** On whatever thread completes the future. */
    private void forgotten() {
        owner.forgotten(this);
    }

    State state() {
        return state;
    }

    void state(State next) {
        state = next;
    }

    long timeoutNs() {
        return timeoutNs;
    }

    void timer(ScheduledFuture<?> timer) {
        this.timer = timer;
    }

    boolean hasFixedXid() {
        return fixedXid;
    }

    void xid(int free) {
        xid = free;
        future.xid(free);
    }

    A arguments() {
        return arguments;
    }

    /** Sent under this attempt, in so many bytes. */
    void sent(ClientAuth.Attempt attempt, int messageBytes) {
        this.attempt = attempt;
        this.messageBytes = messageBytes;
        state = State.PENDING;
        if (observation != null) {
            observation.sent(xid, messageBytes);
        }
        if (isSecondAttempt || !auth.mayMend()) {
            releaseArguments();
        }
    }

    void observation(Observation started) {
        observation = started;
    }

    /** Keeps what was sent for a repetition; takes the reference. */
    void keep(ByteBuf sent) {
        dropMessage();
        message = sent;
        transmissions = 1;
    }

    /** What was sent, with a reference of the caller's, to be sent once more. */
    ByteBuf repeat() {
        transmissions++;
        if (observation != null) {
            observation.sent(xid, messageBytes);
        }
        return message.retainedDuplicate();
    }

    int transmissions() {
        return transmissions;
    }

    void repeatTimer(ScheduledFuture<?> timer) {
        repeatTimer = timer;
    }

    private void dropMessage() {
        if (message != null) {
            message.release();
            message = null;
        }
        if (repeatTimer != null) {
            repeatTimer.cancel(false);
            repeatTimer = null;
        }
    }

    ClientAuth.Attempt attempt() {
        return attempt;
    }

    int messageBytes() {
        return messageBytes;
    }

    /** True once: the call may be made a second time. */
    boolean takeSecondAttempt() {
        if (isSecondAttempt || !auth.mayMend()) {
            return false;
        }
        isSecondAttempt = true;
        return true;
    }

    /** Gives back everything but the future. */
    void end(Outcome outcome, int replyBytes, Throwable cause) {
        state = State.ENDED;
        if (observation != null) {
            observation.ended(outcome, replyBytes, cause);
        }
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        dropMessage();
        releaseArguments();
        attempt = null;
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
