package io.evpl.rpc2;

import java.util.concurrent.TimeUnit;

/**
 * What one connection may cost. Immutable: {@code RpcLimits.DEFAULT.withMaxRecordBytes(1 << 20)}. The {@code open} limits are about
 * calls that we serve, the {@code pending} and {@code waiting} ones about calls that we make.
 *
 * @param maxRecordBytes  the longest message that is taken; a peer that announces a longer one loses the connection, before it is read
 * @param maxFragments    the most fragments that a message may come in; they cost no memory, this bounds the work
 * @param recordTimeoutNs a message that is not whole after this (and at the latest after twice this) costs the peer the connection
 * @param maxOpenCalls    calls that are served at a time and are not answered yet; with so many, reading stops
 * @param maxOpenBytes    bytes of these calls' messages; with so many, reading stops
 * @param maxPendingCalls calls on their way at a time; more wait
 * @param maxPendingBytes bytes of these calls' messages; with so many, further calls wait
 * @param maxWaitingCalls calls that wait for a connection or for room; more fail with {@link TooManyCallsException}
 */
public record RpcLimits(int maxRecordBytes, int maxFragments, long recordTimeoutNs, int maxOpenCalls, long maxOpenBytes,
        int maxPendingCalls, long maxPendingBytes, int maxWaitingCalls) {
    /** NFS moves 1 MiB at a time and more is rare; 1 MiB in fragments of 2 KiB (libtirpc's habit) is a ninth of the fragments. */
    public static final RpcLimits DEFAULT = new RpcLimits(4 << 20, 4608, TimeUnit.SECONDS.toNanos(60), 1024, 32L << 20,
            4096, 64L << 20, 1 << 16);
    /** Less has no room for the header of a call with a credential. */
    private static final int SMALLEST_RECORD_BYTES = 64;

    public RpcLimits {
        atLeast("maxRecordBytes", maxRecordBytes, SMALLEST_RECORD_BYTES);
        atLeast("maxFragments", maxFragments, 1);
        atLeast("recordTimeoutNs", recordTimeoutNs, 1);
        atLeast("maxOpenCalls", maxOpenCalls, 1);
        atLeast("maxOpenBytes", maxOpenBytes, 1);
        atLeast("maxPendingCalls", maxPendingCalls, 1);
        atLeast("maxPendingBytes", maxPendingBytes, 1);
        atLeast("maxWaitingCalls", maxWaitingCalls, 0);
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be at least " + least);
        }
    }

    public RpcLimits withMaxRecordBytes(int bytes) {
        return new RpcLimits(bytes, maxFragments, recordTimeoutNs, maxOpenCalls, maxOpenBytes, maxPendingCalls, maxPendingBytes,
                maxWaitingCalls);
    }

    public RpcLimits withMaxFragments(int fragments) {
        return new RpcLimits(maxRecordBytes, fragments, recordTimeoutNs, maxOpenCalls, maxOpenBytes, maxPendingCalls, maxPendingBytes,
                maxWaitingCalls);
    }

    public RpcLimits withRecordTimeoutNs(long timeoutNs) {
        return new RpcLimits(maxRecordBytes, maxFragments, timeoutNs, maxOpenCalls, maxOpenBytes, maxPendingCalls, maxPendingBytes,
                maxWaitingCalls);
    }

    public RpcLimits withOpen(int maxCalls, long maxBytes) {
        return new RpcLimits(maxRecordBytes, maxFragments, recordTimeoutNs, maxCalls, maxBytes, maxPendingCalls, maxPendingBytes,
                maxWaitingCalls);
    }

    public RpcLimits withPending(int maxCalls, long maxBytes) {
        return new RpcLimits(maxRecordBytes, maxFragments, recordTimeoutNs, maxOpenCalls, maxOpenBytes, maxCalls, maxBytes,
                maxWaitingCalls);
    }

    public RpcLimits withMaxWaitingCalls(int calls) {
        return new RpcLimits(maxRecordBytes, maxFragments, recordTimeoutNs, maxOpenCalls, maxOpenBytes, maxPendingCalls, maxPendingBytes,
                calls);
    }
}
