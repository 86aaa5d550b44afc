package io.evpl.linux.uring;

import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.Iovec;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;

import static org.junit.jupiter.api.Assertions.assertFalse;

/**
 * An operation that a {@link ScriptedKernel} took from the submission queue: the entry's fields as they were, and the
 * ways to complete it. It is in flight until a completion without {@code CQE_F_MORE} was posted.
 */
public final class Submission {
    private static final int OPCODE = 0;
    private static final int FLAGS = 1;
    private static final int IOPRIO = 2;
    private static final int FD = 4;
    private static final int OFF = 8;
    private static final int ADDR = 16;
    private static final int LEN = 24;
    private static final int OP_FLAGS = 28;
    private static final int USER_DATA = 32;
    private static final int BUF_GROUP = 40;
    private static final int MSGHDR_IOV = 16;
    private static final int MSGHDR_IOVLEN = 24;

    private final ScriptedKernel kernel;
    private final int opcode;
    private final int flags;
    private final int ioprio;
    private final int fd;
    private final long off;
    private final long addr;
    private final int len;
    private final int opFlags;
    private final long userData;
    private final int bufGroup;
    private final long[] iovecs;
    private final ScriptedDatagram datagram;
    private boolean cancellable = true;
    private boolean completed;

    Submission(ScriptedKernel kernel, long sqe) {
        this.kernel = kernel;
        opcode = NativeAddress.getByte(sqe + OPCODE) & 0xff;
        flags = NativeAddress.getByte(sqe + FLAGS) & 0xff;
        ioprio = NativeAddress.getShort(sqe + IOPRIO) & 0xffff;
        fd = NativeAddress.getInt(sqe + FD);
        off = NativeAddress.getLong(sqe + OFF);
        addr = NativeAddress.getLong(sqe + ADDR);
        len = NativeAddress.getInt(sqe + LEN);
        opFlags = NativeAddress.getInt(sqe + OP_FLAGS);
        userData = NativeAddress.getLong(sqe + USER_DATA);
        bufGroup = NativeAddress.getShort(sqe + BUF_GROUP) & 0xffff;
        iovecs = isSendmsg() ? copyIovecs() : null;
        datagram = isSendmsg() || opcode == UringAbi.OP_RECVMSG ? ScriptedDatagram.of(addr) : null;
    }

    private boolean isSendmsg() {
        return opcode == UringAbi.OP_SENDMSG || opcode == UringAbi.OP_SENDMSG_ZC;
    }

    /** The kernel copies a message's header and vectors when the entry is submitted (IORING_FEAT_SUBMIT_STABLE). */
    private long[] copyIovecs() {
        long iov = NativeAddress.getLong(addr + MSGHDR_IOV);
        int count = (int) NativeAddress.getLong(addr + MSGHDR_IOVLEN);
        long[] copy = new long[count * 2];
        for (int i = 0; i < count; i++) {
            copy[i * 2] = Iovec.address(iov, i);
            copy[i * 2 + 1] = Iovec.bytes(iov, i);
        }
        return copy;
    }

    // ---- what was submitted

    public int opcode() {
        return opcode;
    }

    /** {@code IOSQE_*}. */
    public int flags() {
        return flags;
    }

    /** What the socket operations call their flags. */
    public int ioprio() {
        return ioprio;
    }

    public int fd() {
        return fd;
    }

    public long off() {
        return off;
    }

    public long addr() {
        return addr;
    }

    public int len() {
        return len;
    }

    /** The operation's own flags: MSG_*, poll mask, socket flags. */
    public int opFlags() {
        return opFlags;
    }

    public long userData() {
        return userData;
    }

    public int bufGroup() {
        return bufGroup;
    }

    public boolean selectsBuffer() {
        return (flags & UringAbi.SQE_BUFFER_SELECT) != 0;
    }

    public boolean isMultishot() {
        return switch (opcode) {
            case UringAbi.OP_RECV, UringAbi.OP_RECVMSG -> (ioprio & UringAbi.RECV_MULTISHOT) != 0;
            case UringAbi.OP_ACCEPT -> (ioprio & UringAbi.ACCEPT_MULTISHOT) != 0;
            case UringAbi.OP_POLL_ADD -> (len & UringAbi.POLL_ADD_MULTI) != 0;
            default -> false;
        };
    }

    public boolean isZeroCopy() {
        return opcode == UringAbi.OP_SEND_ZC || opcode == UringAbi.OP_SENDMSG_ZC;
    }

    /** A send from memory that it says is in the fixed buffer {@link #bufGroup()}. */
    public boolean isFixed() {
        return opcode == UringAbi.OP_SEND_ZC && (ioprio & UringAbi.RECVSEND_FIXED_BUF) != 0;
    }

    public boolean isInFlight() {
        return !completed;
    }

    /** The bytes a send points to, read now: as late as the real kernel may read them. */
    public byte[] payload() {
        if (iovecs == null) {
            return copy(addr, len);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < iovecs.length; i += 2) {
            all.writeBytes(copy(iovecs[i], (int) iovecs[i + 1]));
        }
        return all.toByteArray();
    }

    public int payloadBytes() {
        long bytes = iovecs == null ? len : 0;
        for (int i = 0; iovecs != null && i < iovecs.length; i += 2) {
            bytes += iovecs[i + 1];
        }
        return (int) bytes;
    }

    /** How many buffers a gathering send has, 1 for another. */
    public int buffers() {
        return iovecs == null ? 1 : iovecs.length / 2;
    }

    private static byte[] copy(long address, int bytes) {
        byte[] copy = new byte[bytes];
        NativeAddress.copyOut(address, copy, 0, bytes);
        return copy;
    }

    /** Where a datagram is sent, null if it does not say. */
    public InetSocketAddress recipient() {
        return datagram.name();
    }

    /** UDP_SEGMENT of what is sent, 0 if it is one datagram. */
    public int segmentBytes() {
        return datagram.segmentBytes();
    }

    // ---- completing it

    /** A datagram comes for a recvmsg: it takes a whole buffer, and what does not fit is cut off. */
    public void receiveDatagram(byte[] payload, InetSocketAddress sender) {
        datagram.receive(this, selectsBuffer() ? kernel.buffers(bufGroup) : null, payload, sender);
    }

    /** The last completion. */
    public void complete(int res) {
        complete(res, 0);
    }

    /** A completion; the last one unless {@code cqeFlags} has {@code CQE_F_MORE}. */
    public void complete(int res, int cqeFlags) {
        assertFalse(completed, () -> this + " has completed already");
        completed = (cqeFlags & UringAbi.CQE_F_MORE) == 0;
        kernel.completed(this, res, cqeFlags);
    }

    /**
     * Completes a receive with {@code data}: one completion for each buffer that it takes, {@code CQE_F_MORE} while a
     * multishot goes on, {@code -ENOBUFS} when the group has no buffer left.
     *
     * @return how many bytes were received
     */
    public int receive(byte[] data) {
        return kernel.receive(this, data);
    }

    /** A zero-copy send's result; {@link #notifySent} must follow. */
    public void completeBeforeNotification(int res) {
        complete(res, UringAbi.CQE_F_MORE);
    }

    /** Zero-copy: the kernel needs the buffers no more. @param copied it had to copy them after all */
    public void notifySent(boolean copied) {
        boolean report = (ioprio & UringAbi.SEND_ZC_REPORT_USAGE) != 0;
        complete(copied && report ? UringAbi.NOTIF_USAGE_ZC_COPIED : 0, UringAbi.CQE_F_NOTIF);
    }

    /** A cancellation from now on answers -EALREADY: the operation is running and completes when the test says so. */
    public void runUncancellably() {
        cancellable = false;
    }

    boolean isCancellable() {
        return cancellable;
    }

    @Override
    public String toString() {
        return "op " + opcode + " of fd " + fd + ", user_data 0x" + Long.toHexString(userData);
    }
}
