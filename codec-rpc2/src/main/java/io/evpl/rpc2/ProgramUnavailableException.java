package io.evpl.rpc2;

/** The server does not have the program (PROG_UNAVAIL). */
public final class ProgramUnavailableException extends RpcException {
    private static final long serialVersionUID = 1L;

    public ProgramUnavailableException(String message) {
        super(message);
    }
}
