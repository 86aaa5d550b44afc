package io.evpl.uring;

import io.evpl.channel.DatagramArrival;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.uring.RingKernel;
import io.evpl.linux.uring.UringAbi;
import io.netty.buffer.PooledByteBufAllocator;

import java.io.IOException;

/**
 * What a loop lends to the kernel for datagrams: rings of whole buffers, in sizes. A datagram takes a buffer for itself,
 * for what is left of one may be too small for the next, which would be cut off: incremental consumption does not fit.
 *
 * <p>A ring is made when the first channel asks for its size, and stays. All of them together take less than 6 MiB.
 */
final class DatagramBuffers implements AutoCloseable {
    /** In front of the payload: struct io_uring_recvmsg_out, name and control. */
    private static final int HEAD_BYTES = 512;

    static {
        assert HEAD_BYTES >= UringAbi.RECVMSG_OUT_BYTES + SockAddr.STORAGE_BYTES + DatagramArrival.MAX_CONTROL_BYTES;
    }

    private static final int SMALLEST_BYTES = 2048;
    /** Payloads of 2, 4, 8, 16, 32 and 64 KiB. */
    private static final int SIZES = 6;
    /** Of the smallest size: what a socket's receive buffer holds by default, 208 KiB with the kernel's bookkeeping. */
    private static final int MOST_BUFFERS = 256;
    private static final int LEAST_BUFFERS = 16;

    private final RingKernel kernel;
    private final int firstGroup;
    private final BufferRing[] rings = new BufferRing[SIZES];
    private final boolean[] refused = new boolean[SIZES];

    /** @param firstGroup this group's number and the next {@value #SIZES} - 1 */
    DatagramBuffers(RingKernel kernel, int firstGroup) {
        this.kernel = kernel;
        this.firstGroup = firstGroup;
    }

    /** @return null if there is none for payloads so large, or the kernel has no memory: receives bring their own then */
    BufferRing forPayload(int payloadBytes) {
        int size = 0;
        while (size < SIZES && SMALLEST_BYTES << size < payloadBytes) {
            size++;
        }
        if (size == SIZES) {
            return null;
        }
        if (rings[size] == null && !refused[size]) {
            make(size);
        }
        return rings[size];
    }

    long lentBytes() {
        long bytes = 0;
        for (BufferRing ring : rings) {
            bytes += ring == null ? 0 : ring.lentBytes();
        }
        return bytes;
    }

    private void make(int size) {
        try {
            rings[size] = new BufferRing(kernel, firstGroup + size, Math.max(MOST_BUFFERS >> size, LEAST_BUFFERS),
                    (SMALLEST_BYTES << size) + HEAD_BYTES, false, PooledByteBufAllocator.DEFAULT, null);
        } catch (IOException e) {
            refused[size] = true;
        }
    }

    @Override
    public void close() {
        for (BufferRing ring : rings) {
            if (ring != null) {
                ring.close();
            }
        }
    }
}
