package io.evpl.rpc2;

/** The server could not make sense of the arguments (GARBAGE_ARGS). */
public final class GarbageArgumentsException extends RpcException {
    private static final long serialVersionUID = 1L;

    public GarbageArgumentsException(String message) {
        super(message);
    }
}
