package io.evpl.linux.uring;

import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.socket.Cmsg;
import io.evpl.linux.socket.Iovec;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketOptions;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;

/** What a struct msghdr says of a datagram, as the kernel copied it, and how the kernel fills one. */
record ScriptedDatagram(long msghdr, InetSocketAddress name, int nameRoomBytes, int controlRoomBytes, int segmentBytes) {
    private static final int NAME = 0;
    private static final int NAMELEN = 8;
    private static final int IOV = 16;
    private static final int CONTROL = 32;
    private static final int CONTROLLEN = 40;
    private static final int FLAGS = 48;

    static ScriptedDatagram of(long msghdr) {
        long name = NativeAddress.getLong(msghdr + NAME);
        int nameBytes = NativeAddress.getInt(msghdr + NAMELEN);
        long control = NativeAddress.getLong(msghdr + CONTROL);
        int controlBytes = (int) NativeAddress.getLong(msghdr + CONTROLLEN);
        long segment = control == 0 ? 0
                : Cmsg.find(control, controlBytes, SocketOptions.IPPROTO_UDP, SocketOptions.UDP_SEGMENT, Short.BYTES);
        return new ScriptedDatagram(msghdr, name == 0 ? null : SockAddr.read(name, nameBytes), nameBytes, controlBytes,
                segment == 0 ? 0 : NativeAddress.getShort(segment) & 0xffff);
    }

    /** @param buffers null for a receive into the caller's own memory */
    void receive(Submission operation, ScriptedBuffers buffers, byte[] payload, InetSocketAddress sender) {
        if (buffers == null) {
            receiveInto(operation, payload, sender);
        } else if (buffers.isEmpty()) {
            operation.complete(-Errno.ENOBUFS);
        } else {
            receiveInto(buffers, operation, payload, sender);
        }
    }

    private void receiveInto(Submission operation, byte[] payload, InetSocketAddress sender) {
        long iov = NativeAddress.getLong(msghdr + IOV);
        int copied = (int) Math.min(payload.length, Iovec.bytes(iov, 0));
        NativeAddress.copyIn(payload, 0, Iovec.address(iov, 0), copied);
        byte[] name = sockaddr(sender);
        NativeAddress.copyIn(name, 0, NativeAddress.getLong(msghdr + NAME), Math.min(name.length, nameRoomBytes));
        NativeAddress.putInt(msghdr + NAMELEN, name.length);
        NativeAddress.putLong(msghdr + CONTROLLEN, 0);
        NativeAddress.putInt(msghdr + FLAGS, copied < payload.length ? SocketOptions.MSG_TRUNC : 0);
        operation.complete((operation.opFlags() & SocketOptions.MSG_TRUNC) != 0 ? payload.length : copied);
    }

    private void receiveInto(ScriptedBuffers buffers, Submission operation, byte[] payload, InetSocketAddress sender) {
        int head = UringAbi.RECVMSG_OUT_BYTES + nameRoomBytes + controlRoomBytes;
        int copied = Math.min(payload.length, buffers.room() - head);
        byte[] name = sockaddr(sender);
        byte[] all = new byte[head + copied];
        try (Arena arena = Arena.ofConfined()) {
            long out = NativeAddress.allocate(arena, head);
            NativeAddress.putInt(out + UringAbi.RECVMSG_OUT_NAMELEN, name.length);
            NativeAddress.putInt(out + UringAbi.RECVMSG_OUT_PAYLOADLEN, payload.length);
            NativeAddress.putInt(out + UringAbi.RECVMSG_OUT_FLAGS, copied < payload.length ? SocketOptions.MSG_TRUNC : 0);
            NativeAddress.copyIn(name, 0, out + UringAbi.RECVMSG_OUT_BYTES, Math.min(name.length, nameRoomBytes));
            NativeAddress.copyOut(out, all, 0, head);
        }
        System.arraycopy(payload, 0, all, head, copied);
        ScriptedBuffers.Filled filled = buffers.fill(all, 0);
        // net.c ends the multishot with a result of 0 or less: an empty datagram is its last.
        operation.complete(filled.bytes(), filled.flags() | (payload.length == 0 ? 0 : UringAbi.CQE_F_MORE));
    }

    private static byte[] sockaddr(InetSocketAddress address) {
        try (Arena arena = Arena.ofConfined()) {
            long at = NativeAddress.allocate(arena, SockAddr.STORAGE_BYTES);
            byte[] bytes = new byte[SockAddr.write(address, false, at)];
            NativeAddress.copyOut(at, bytes, 0, bytes.length);
            return bytes;
        }
    }
}
