package io.evpl.linux.uring;

/**
 * Numbers of {@code <linux/io_uring.h>}, under their names there without the {@code IORING_} prefix. Alike on x86_64 and
 * aarch64. {@code LayoutProbeTest} compares each with the header.
 */
public final class UringAbi {
    // struct io_uring_params
    public static final int PARAMS_BYTES = 120;
    public static final int PARAMS_SQ_ENTRIES = 0;
    public static final int PARAMS_CQ_ENTRIES = 4;
    public static final int PARAMS_FLAGS = 8;
    public static final int PARAMS_FEATURES = 20;
    public static final int PARAMS_SQ_OFF = 40;
    public static final int PARAMS_CQ_OFF = 80;
    // struct io_sqring_offsets
    public static final int SQ_OFF_HEAD = 0;
    public static final int SQ_OFF_TAIL = 4;
    public static final int SQ_OFF_RING_MASK = 8;
    public static final int SQ_OFF_RING_ENTRIES = 12;
    public static final int SQ_OFF_FLAGS = 16;
    public static final int SQ_OFF_DROPPED = 20;
    public static final int SQ_OFF_ARRAY = 24;
    // struct io_cqring_offsets
    public static final int CQ_OFF_HEAD = 0;
    public static final int CQ_OFF_TAIL = 4;
    public static final int CQ_OFF_RING_MASK = 8;
    public static final int CQ_OFF_RING_ENTRIES = 12;
    public static final int CQ_OFF_OVERFLOW = 16;
    public static final int CQ_OFF_CQES = 20;

    public static final long OFF_SQ_RING = 0;
    public static final long OFF_SQES = 0x10000000L;

    public static final int SETUP_CQSIZE = 1 << 3;
    public static final int SETUP_CLAMP = 1 << 4;
    public static final int SETUP_R_DISABLED = 1 << 6;
    public static final int SETUP_SUBMIT_ALL = 1 << 7;
    public static final int SETUP_COOP_TASKRUN = 1 << 8;
    public static final int SETUP_TASKRUN_FLAG = 1 << 9;
    public static final int SETUP_SINGLE_ISSUER = 1 << 12;
    public static final int SETUP_DEFER_TASKRUN = 1 << 13;
    public static final int SETUP_NO_SQARRAY = 1 << 16;

    public static final int FEAT_SINGLE_MMAP = 1;
    public static final int FEAT_NODROP = 1 << 1;
    public static final int FEAT_SUBMIT_STABLE = 1 << 2;
    public static final int FEAT_FAST_POLL = 1 << 5;
    public static final int FEAT_EXT_ARG = 1 << 8;

    public static final int ENTER_GETEVENTS = 1;
    public static final int ENTER_EXT_ARG = 1 << 3;
    public static final int ENTER_REGISTERED_RING = 1 << 4;

    // bits of the flags word in the submission ring, written by the kernel
    public static final int SQ_CQ_OVERFLOW = 1 << 1;
    public static final int SQ_TASKRUN = 1 << 2;

    // struct io_uring_getevents_arg and struct __kernel_timespec
    public static final int GETEVENTS_ARG_BYTES = 24;
    public static final int GETEVENTS_ARG_TS = 16;
    public static final int TIMESPEC_BYTES = 16;
    public static final int TIMESPEC_SEC = 0;
    public static final int TIMESPEC_NSEC = 8;

    public static final int UNREGISTER_BUFFERS = 1;
    public static final int REGISTER_EVENTFD = 4;
    public static final int REGISTER_PROBE = 8;
    public static final int REGISTER_ENABLE_RINGS = 12;
    public static final int REGISTER_BUFFERS2 = 15;
    public static final int REGISTER_BUFFERS_UPDATE = 16;
    public static final int REGISTER_RING_FDS = 20;
    public static final int UNREGISTER_RING_FDS = 21;
    public static final int REGISTER_PBUF_RING = 22;
    public static final int UNREGISTER_PBUF_RING = 23;

    // struct io_uring_probe and struct io_uring_probe_op
    public static final int PROBE_BYTES = 16;
    public static final int PROBE_LAST_OP = 0;
    public static final int PROBE_OP_BYTES = 8;
    public static final int PROBE_OP_FLAGS = 2;
    public static final int OP_SUPPORTED = 1;

    // struct io_uring_rsrc_update, the argument of REGISTER_RING_FDS
    public static final int RSRC_UPDATE_BYTES = 16;
    public static final int RSRC_UPDATE_OFFSET = 0;
    public static final int RSRC_UPDATE_DATA = 8;

    // struct io_uring_rsrc_register, the argument of REGISTER_BUFFERS2
    public static final int RSRC_REGISTER_BYTES = 32;
    public static final int RSRC_REGISTER_NR = 0;
    public static final int RSRC_REGISTER_FLAGS = 4;
    /** A table of empty places, Linux 5.19. */
    public static final int RSRC_REGISTER_SPARSE = 1;

    // struct io_uring_rsrc_update2, the argument of REGISTER_BUFFERS_UPDATE
    public static final int RSRC_UPDATE2_BYTES = 32;
    public static final int RSRC_UPDATE2_OFFSET = 0;
    public static final int RSRC_UPDATE2_DATA = 8;
    public static final int RSRC_UPDATE2_NR = 24;

    // struct io_uring_buf_reg, struct io_uring_buf; the ring's tail lies in the first entry's resv
    public static final int BUF_REG_BYTES = 40;
    public static final int BUF_REG_RING_ADDR = 0;
    public static final int BUF_REG_RING_ENTRIES = 8;
    public static final int BUF_REG_BGID = 12;
    public static final int BUF_REG_FLAGS = 14;
    public static final int BUF_BYTES = 16;
    public static final int BUF_ADDR = 0;
    public static final int BUF_LEN = 8;
    public static final int BUF_BID = 12;
    public static final int BUF_RING_TAIL = 14;
    /** {@code IOU_PBUF_RING_INC}, Linux 6.12: a buffer is consumed piece by piece. */
    public static final int PBUF_RING_INC = 2;

    // struct io_uring_recvmsg_out, in front of what a multishot recvmsg receives
    public static final int RECVMSG_OUT_BYTES = 16;
    public static final int RECVMSG_OUT_NAMELEN = 0;
    public static final int RECVMSG_OUT_CONTROLLEN = 4;
    public static final int RECVMSG_OUT_PAYLOADLEN = 8;
    public static final int RECVMSG_OUT_FLAGS = 12;

    public static final int OP_NOP = 0;
    public static final int OP_READ_FIXED = 4;
    public static final int OP_WRITE_FIXED = 5;
    public static final int OP_POLL_ADD = 6;
    public static final int OP_SENDMSG = 9;
    public static final int OP_RECVMSG = 10;
    public static final int OP_ACCEPT = 13;
    public static final int OP_ASYNC_CANCEL = 14;
    public static final int OP_CONNECT = 16;
    public static final int OP_READ = 22;
    public static final int OP_SEND = 26;
    public static final int OP_RECV = 27;
    public static final int OP_SEND_ZC = 47;
    public static final int OP_SENDMSG_ZC = 48;

    // {@code IOSQE_}: per entry flags
    public static final int SQE_IO_LINK = 1 << 2;
    public static final int SQE_BUFFER_SELECT = 1 << 5;
    public static final int SQE_CQE_SKIP_SUCCESS = 1 << 6;

    // ioprio of the socket operations
    public static final int RECVSEND_POLL_FIRST = 1;
    public static final int RECV_MULTISHOT = 1 << 1;
    public static final int RECVSEND_FIXED_BUF = 1 << 2;
    public static final int SEND_ZC_REPORT_USAGE = 1 << 3;
    public static final int ACCEPT_MULTISHOT = 1;

    public static final int POLL_ADD_MULTI = 1;
    public static final int ASYNC_CANCEL_ALL = 1;
    public static final int ASYNC_CANCEL_FD = 1 << 1;

    public static final int CQE_F_BUFFER = 1;
    public static final int CQE_F_MORE = 1 << 1;
    public static final int CQE_F_SOCK_NONEMPTY = 1 << 2;
    public static final int CQE_F_NOTIF = 1 << 3;
    public static final int CQE_F_BUF_MORE = 1 << 4;
    public static final int CQE_BUFFER_SHIFT = 16;

    /** Result of a zero-copy notification: the kernel had to copy after all. */
    public static final int NOTIF_USAGE_ZC_COPIED = 1 << 31;

    private UringAbi() {
    }
}
