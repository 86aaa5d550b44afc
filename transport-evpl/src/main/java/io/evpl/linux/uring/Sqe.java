package io.evpl.linux.uring;

import static io.evpl.linux.NativeAddress.putLongAligned;

/**
 * Fills a submission queue entry, {@code struct io_uring_sqe}: eight stores, no field left over from the entry's last
 * use. Each method is one operation of io_uring_enter(2); {@code sqe} comes from {@link Ring#sqe()}.
 */
public final class Sqe {
    public static final int BYTES = 64;
    // Fields share 64-bit words; these are the words' offsets and, in comments, what they hold.
    private static final int HEAD_WORD = 0;      // opcode:8 flags:8 ioprio:16 fd:32
    private static final int OFF = 8;
    private static final int ADDR = 16;
    private static final int LEN_WORD = 24;      // len:32 op_flags:32
    private static final int USER_DATA = 32;
    private static final int BUF_GROUP_WORD = 40; // buf_group or buf_index:16 personality:16 file_index:32
    private static final int ADDR3 = 48;
    private static final int PAD2 = 56;

    private Sqe() {
    }

    public static void nop(long sqe, long userData) {
        fill(sqe, UringAbi.OP_NOP, 0, 0, -1, 0, 0, 0, 0, userData, 0);
    }

    /** @param pollMask poll(2) events; {@code EPOLLET} (bit 31) reports each arrival once */
    public static void pollMultishot(long sqe, int fd, int pollMask, long userData) {
        fill(sqe, UringAbi.OP_POLL_ADD, 0, 0, fd, 0, 0, UringAbi.POLL_ADD_MULTI, pollMask, userData, 0);
    }

    public static void poll(long sqe, int fd, int pollMask, long userData) {
        fill(sqe, UringAbi.OP_POLL_ADD, 0, 0, fd, 0, 0, 0, pollMask, userData, 0);
    }

    public static void accept(long sqe, int fd, int acceptFlags, int socketFlags, long userData) {
        fill(sqe, UringAbi.OP_ACCEPT, 0, acceptFlags, fd, 0, 0, 0, socketFlags, userData, 0);
    }

    public static void connect(long sqe, int fd, long address, int addressBytes, long userData) {
        fill(sqe, UringAbi.OP_CONNECT, 0, 0, fd, addressBytes, address, 0, 0, userData, 0);
    }

    /** Receives into memory of the caller's. */
    public static void recv(long sqe, int fd, int recvFlags, long buffer, int bytes, long userData) {
        fill(sqe, UringAbi.OP_RECV, 0, recvFlags, fd, 0, buffer, bytes, 0, userData, 0);
    }

    /** Receives into whichever buffer of {@code group} the kernel picks when data is there. */
    public static void recvSelect(long sqe, int fd, int recvFlags, int group, long userData) {
        fill(sqe, UringAbi.OP_RECV, UringAbi.SQE_BUFFER_SELECT, recvFlags, fd, 0, 0, 0, 0, userData, group);
    }

    /**
     * Receives messages one after the other, each into a buffer of {@code group}: a struct io_uring_recvmsg_out, room for
     * name and control as long as {@code msghdr} says, then the payload. Linux 6.0.
     */
    public static void recvmsgMultishot(long sqe, int fd, long msghdr, int msgFlags, int group, long userData) {
        fill(sqe, UringAbi.OP_RECVMSG, UringAbi.SQE_BUFFER_SELECT, UringAbi.RECV_MULTISHOT, fd, 0, msghdr, 1, msgFlags,
                userData, group);
    }

    public static void send(long sqe, int fd, long buffer, int bytes, int msgFlags, long userData) {
        fill(sqe, UringAbi.OP_SEND, 0, 0, fd, 0, buffer, bytes, msgFlags, userData, 0);
    }

    public static void sendZc(long sqe, int fd, long buffer, int bytes, int msgFlags, int zcFlags, long userData) {
        fill(sqe, UringAbi.OP_SEND_ZC, 0, zcFlags, fd, 0, buffer, bytes, msgFlags, userData, 0);
    }

    /** As {@link #sendZc}, from memory that lies in the fixed buffer {@code index}. Linux 6.0. */
    public static void sendZcFixed(long sqe, int fd, long buffer, int bytes, int msgFlags, int zcFlags, int index,
                                   long userData) {
        fill(sqe, UringAbi.OP_SEND_ZC, 0, zcFlags | UringAbi.RECVSEND_FIXED_BUF, fd, 0, buffer, bytes, msgFlags, userData,
                index);
    }

    /** Reads a file, from {@code offset} on, into memory that lies in the fixed buffer {@code index}. */
    public static void readFixed(long sqe, int fd, long offset, long buffer, int bytes, int index, long userData) {
        fill(sqe, UringAbi.OP_READ_FIXED, 0, 0, fd, offset, buffer, bytes, 0, userData, index);
    }

    /** Writes to a file, from {@code offset} on, what lies in the fixed buffer {@code index}. */
    public static void writeFixed(long sqe, int fd, long offset, long buffer, int bytes, int index, long userData) {
        fill(sqe, UringAbi.OP_WRITE_FIXED, 0, 0, fd, offset, buffer, bytes, 0, userData, index);
    }

    public static void sendmsg(long sqe, int fd, long msghdr, int msgFlags, long userData) {
        fill(sqe, UringAbi.OP_SENDMSG, 0, 0, fd, 0, msghdr, 1, msgFlags, userData, 0);
    }

    /** {@code msghdr} and all that it points to stay the kernel's until the completion: it writes there what it received. */
    public static void recvmsg(long sqe, int fd, long msghdr, int msgFlags, long userData) {
        fill(sqe, UringAbi.OP_RECVMSG, 0, 0, fd, 0, msghdr, 1, msgFlags, userData, 0);
    }

    /** As {@link #recvmsg}, but without an iovec: the content goes into whichever buffer of {@code group} the kernel picks. */
    public static void recvmsgSelect(long sqe, int fd, long msghdr, int msgFlags, int group, long userData) {
        fill(sqe, UringAbi.OP_RECVMSG, UringAbi.SQE_BUFFER_SELECT, 0, fd, 0, msghdr, 1, msgFlags, userData, group);
    }

    public static void sendmsgZc(long sqe, int fd, long msghdr, int msgFlags, int zcFlags, long userData) {
        fill(sqe, UringAbi.OP_SENDMSG_ZC, 0, zcFlags, fd, 0, msghdr, 1, msgFlags, userData, 0);
    }

    /** Cancels the operation submitted with {@code targetUserData}. */
    public static void cancel(long sqe, long targetUserData, long userData) {
        fill(sqe, UringAbi.OP_ASYNC_CANCEL, 0, 0, -1, 0, targetUserData, 0, 0, userData, 0);
    }

    /** Cancels every operation on {@code fd}. Linux 5.19. */
    public static void cancelFd(long sqe, int fd, long userData) {
        fill(sqe, UringAbi.OP_ASYNC_CANCEL, 0, 0, fd, 0, 0, 0,
                UringAbi.ASYNC_CANCEL_FD | UringAbi.ASYNC_CANCEL_ALL, userData, 0);
    }

    private static void fill(long sqe, int opcode, int flags, int ioprio, int fd, long off, long addr, int len,
                             int opFlags, long userData, int bufGroup) {
        putLongAligned(sqe + HEAD_WORD, opcode | flags << 8 | ioprio << 16 | (long) fd << 32);
        putLongAligned(sqe + OFF, off);
        putLongAligned(sqe + ADDR, addr);
        putLongAligned(sqe + LEN_WORD, len & 0xffffffffL | (long) opFlags << 32);
        putLongAligned(sqe + USER_DATA, userData);
        putLongAligned(sqe + BUF_GROUP_WORD, bufGroup);
        putLongAligned(sqe + ADDR3, 0);
        putLongAligned(sqe + PAD2, 0);
    }
}
