package io.evpl.rpc2;

/** The server does not speak version 2 of RPC (RPC_MISMATCH). */
public final class RpcMismatchException extends RpcException {
    private static final long serialVersionUID = 1L;

    private final int low;
    private final int high;

    public RpcMismatchException(int low, int high) {
        super("the server speaks RPC versions " + Integer.toUnsignedString(low) + " to " + Integer.toUnsignedString(high));
        this.low = low;
        this.high = high;
    }

    /** The lowest version that the server speaks, unsigned. */
    public int low() {
        return low;
    }

    /** The highest version that the server speaks, unsigned. */
    public int high() {
        return high;
    }
}
