package io.evpl.rpc2;

/** The server's program does not have the procedure (PROC_UNAVAIL). */
public final class ProcedureUnavailableException extends RpcException {
    private static final long serialVersionUID = 1L;

    public ProcedureUnavailableException(String message) {
        super(message);
    }
}
