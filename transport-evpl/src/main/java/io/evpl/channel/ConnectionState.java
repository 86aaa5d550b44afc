package io.evpl.channel;

/**
 * The life of a stream connection: state x event gives the next state and what the caller has to do. Events that cannot
 * happen in a state throw {@link IllegalStateException}.
 *
 * <p>{@code CLOSING} is the time between the decision to close and the last completion of an operation that the kernel
 * still holds; the channel counts as closed for its user, but its descriptor is open.
 */
public final class ConnectionState {
    public enum State { FRESH, CONNECTING, ACTIVE, INPUT_ENDED, OUTPUT_ENDED, BOTH_ENDED, CLOSING, CLOSED }

    public enum Action {
        NONE,
        /** Tell the user that the channel is active. */
        FIRE_ACTIVE,
        /** Complete the connect promise with the error; its listeners close, as Netty's bootstrap has them do. */
        FAIL_CONNECT,
        /** The peer sends no more: tell the user, the output goes on. */
        FIRE_INPUT_ENDED,
        /** Close the channel. */
        CLOSE,
        /** Cancel what the kernel holds; {@link ConnectionState#onDrained()} follows. */
        CANCEL,
        /** Close the descriptor now. */
        CLOSE_FD
    }

    /** Volatile: any thread may ask whether a channel is open. Only the loop changes it. */
    private volatile State state = State.FRESH;

    public State state() {
        return state;
    }

    public boolean isOpen() {
        return switch (state) {
            case FRESH, CONNECTING, ACTIVE, INPUT_ENDED, OUTPUT_ENDED, BOTH_ENDED -> true;
            case CLOSING, CLOSED -> false;
        };
    }

    public boolean isActive() {
        return switch (state) {
            case ACTIVE, INPUT_ENDED, OUTPUT_ENDED, BOTH_ENDED -> true;
            case FRESH, CONNECTING, CLOSING, CLOSED -> false;
        };
    }

    /** Until the connection is there no direction is open, after it both. */
    public boolean isInputEnded() {
        return switch (state) {
            case INPUT_ENDED, BOTH_ENDED, CLOSING, CLOSED -> true;
            case FRESH, CONNECTING, ACTIVE, OUTPUT_ENDED -> false;
        };
    }

    public boolean isOutputEnded() {
        return switch (state) {
            case OUTPUT_ENDED, BOTH_ENDED, CLOSING, CLOSED -> true;
            case FRESH, CONNECTING, ACTIVE, INPUT_ENDED -> false;
        };
    }

    /** A descriptor that is connected already: accepted. */
    public Action onAccepted() {
        return switch (state) {
            case FRESH -> to(State.ACTIVE, Action.NONE);
            case CONNECTING, ACTIVE, INPUT_ENDED, OUTPUT_ENDED, BOTH_ENDED, CLOSING, CLOSED ->
                    throw illegal("onAccepted");
        };
    }

    public Action onConnectStarted() {
        return switch (state) {
            case FRESH -> to(State.CONNECTING, Action.NONE);
            case CONNECTING, ACTIVE, INPUT_ENDED, OUTPUT_ENDED, BOTH_ENDED, CLOSING, CLOSED ->
                    throw illegal("onConnectStarted");
        };
    }

    public Action onConnected() {
        return switch (state) {
            case CONNECTING -> to(State.ACTIVE, Action.FIRE_ACTIVE);
            case CLOSING, CLOSED -> Action.NONE;   // close() raced the connect completion; the close wins
            case FRESH, ACTIVE, INPUT_ENDED, OUTPUT_ENDED, BOTH_ENDED -> throw illegal("onConnected");
        };
    }

    public Action onConnectFailed() {
        return switch (state) {
            case CONNECTING -> Action.FAIL_CONNECT;
            case CLOSING, CLOSED -> Action.NONE;   // its cancellation
            case FRESH, ACTIVE, INPUT_ENDED, OUTPUT_ENDED, BOTH_ENDED -> throw illegal("onConnectFailed");
        };
    }

    /** The peer's end of stream, or {@code shutdownInput()}. @param halfClosure the user wants to go on sending */
    public Action onInputEnded(boolean halfClosure) {
        return switch (state) {
            case ACTIVE -> halfClosure ? to(State.INPUT_ENDED, Action.FIRE_INPUT_ENDED) : Action.CLOSE;
            case OUTPUT_ENDED -> halfClosure ? to(State.BOTH_ENDED, Action.FIRE_INPUT_ENDED) : Action.CLOSE;
            case INPUT_ENDED, BOTH_ENDED, CLOSING, CLOSED -> Action.NONE;
            case FRESH, CONNECTING -> throw illegal("onInputEnded");
        };
    }

    /** Our end of stream was sent. */
    public Action onOutputEnded() {
        return switch (state) {
            case ACTIVE -> to(State.OUTPUT_ENDED, Action.NONE);
            case INPUT_ENDED -> to(State.BOTH_ENDED, Action.NONE);
            case OUTPUT_ENDED, BOTH_ENDED, CLOSING, CLOSED -> Action.NONE;
            case FRESH, CONNECTING -> throw illegal("onOutputEnded");
        };
    }

    /** @param busy the kernel holds operations of this channel */
    public Action onClose(boolean busy) {
        return switch (state) {
            case FRESH, CONNECTING, ACTIVE, INPUT_ENDED, OUTPUT_ENDED, BOTH_ENDED -> busy
                    ? to(State.CLOSING, Action.CANCEL) : to(State.CLOSED, Action.CLOSE_FD);
            case CLOSING, CLOSED -> Action.NONE;
        };
    }

    /** The kernel has given everything back. */
    public Action onDrained() {
        return switch (state) {
            case CLOSING -> to(State.CLOSED, Action.CLOSE_FD);
            case CLOSED -> Action.NONE;
            case FRESH, CONNECTING, ACTIVE, INPUT_ENDED, OUTPUT_ENDED, BOTH_ENDED -> throw illegal("onDrained");
        };
    }

    private Action to(State next, Action action) {
        state = next;
        return action;
    }

    private IllegalStateException illegal(String event) {
        return new IllegalStateException(event + " in state " + state);
    }

    @Override
    public String toString() {
        return state.toString();
    }
}
