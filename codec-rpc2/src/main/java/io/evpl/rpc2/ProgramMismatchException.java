package io.evpl.rpc2;

/** The server has the program, but not in this version (PROG_MISMATCH). */
public final class ProgramMismatchException extends RpcException {
    private static final long serialVersionUID = 1L;

    private final int low;
    private final int high;

    public ProgramMismatchException(int low, int high) {
        super("the server has the program in versions " + Integer.toUnsignedString(low) + " to " + Integer.toUnsignedString(high));
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
