package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;

import java.util.Arrays;

/**
 * A message of one byte that carries descriptors from process to process, SCM_RIGHTS of unix(7), in one piece of memory:
 * struct msghdr, struct iovec, the byte, the control buffer. It must not move or go while the kernel has it: io_uring reads
 * and writes the control buffer when it sends and receives, not when the entry is submitted.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class DescriptorMessage {
    /** SCM_MAX_FD of the kernel: as many descriptors as one message can have. */
    public static final int MAX_DESCRIPTORS = 253;

    private static final int IOV = MsgHdr.BYTES;
    private static final int PAYLOAD = IOV + Iovec.BYTES;
    private static final int PAYLOAD_BYTES = 1;
    private static final int CONTROL = PAYLOAD + 8;
    /** Room for what else a user's socket options have the kernel add: credentials, security label, pidfd. */
    private static final int OTHERS_BYTES = 512;
    private static final int RECEIVED_CONTROL_BYTES = Cmsg.space(MAX_DESCRIPTORS * Integer.BYTES) + OTHERS_BYTES;

    /** Memory for a message with one descriptor to be sent. */
    public static final int SENT_BYTES = CONTROL + 24;
    /** Memory for a message to be received, however many descriptors it has. */
    public static final int RECEIVED_BYTES = CONTROL + RECEIVED_CONTROL_BYTES;

    /** Flags to receive it with: no child process inherits what arrives. */
    public static final int RECEIVE_FLAGS = SocketOptions.MSG_CMSG_CLOEXEC;

    private static final int[] NONE = {};

    private DescriptorMessage() {
    }

    /** Writes at {@code message} ({@link #SENT_BYTES}) what sends {@code fd}, which is copied and stays the caller's. */
    public static void writeSent(long message, int fd) {
        int controlBytes = Cmsg.space(Integer.BYTES);
        write(message, controlBytes);
        NativeAddress.putByte(message + PAYLOAD, (byte) 'd');
        NativeAddress.putInt(Cmsg.write(message + CONTROL, SocketOptions.SOL_SOCKET, SocketOptions.SCM_RIGHTS,
                Integer.BYTES), fd);
    }

    /** Writes at {@code message} ({@link #RECEIVED_BYTES}) what receives one message, and no byte beyond it. */
    public static void writeReceived(long message) {
        write(message, RECEIVED_CONTROL_BYTES);
        // An item of no length: what an earlier message left in this memory must never be taken for descriptors.
        NativeAddress.putLong(message + CONTROL, 0);
    }

    private static void write(long message, int controlBytes) {
        Iovec.write(message + IOV, 0, message + PAYLOAD, PAYLOAD_BYTES);
        MsgHdr.write(message, 0, 0, message + IOV, 1, message + CONTROL, controlBytes, 0);
    }

    /** Whether the kernel could not deliver all: this process has no descriptor free, or may not have that one. */
    public static boolean isTruncated(long message) {
        return (MsgHdr.flags(message) & SocketOptions.MSG_CTRUNC) != 0;
    }

    /**
     * The descriptors of a received message, which are the caller's from here. Call once: what else came with it that has
     * a descriptor (SCM_PIDFD) is closed.
     */
    public static int[] takeReceived(long message) {
        long control = message + CONTROL;
        long controlBytes = Math.min(MsgHdr.controlBytes(message), RECEIVED_CONTROL_BYTES);
        int[] fds = NONE;
        for (long item = Cmsg.first(control, controlBytes); item != 0; item = Cmsg.next(item, control, controlBytes)) {
            if (Cmsg.is(item, SocketOptions.SOL_SOCKET, SocketOptions.SCM_RIGHTS)) {
                fds = append(fds, item);
            } else if (Cmsg.is(item, SocketOptions.SOL_SOCKET, SocketOptions.SCM_PIDFD)) {
                closeAll(append(NONE, item));
            }
        }
        return fds;
    }

    private static int[] append(int[] fds, long item) {
        int count = Cmsg.dataBytes(item) / Integer.BYTES;
        int[] all = Arrays.copyOf(fds, fds.length + count);
        for (int i = 0; i < count; i++) {
            all[fds.length + i] = NativeAddress.getInt(Cmsg.data(item) + (long) i * Integer.BYTES);
        }
        return all;
    }

    public static void closeAll(int[] fds) {
        for (int fd : fds) {
            Syscalls.close(fd);
        }
    }
}
