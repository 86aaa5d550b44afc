package io.evpl.channel;

import io.evpl.linux.Errno;
import io.evpl.linux.FileCalls;
import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.DescriptorMessage;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;

import java.io.IOException;

/**
 * A descriptor on its way to a peer. It is a copy, made when the user writes his: he may close his own at once, and its number
 * may become another file's before the kernel looks at it. Whatever becomes of the write, the copy is closed with it.
 */
public final class SentDescriptor extends AbstractReferenceCounted implements SentMessage {
    private final int fd;

    private SentDescriptor(int fd) {
        this.fd = fd;
    }

    /** @throws IOException it is not open, or this process has no descriptor free */
    public static SentDescriptor copyOf(FileDescriptor descriptor) throws IOException {
        int copy = descriptor.isOpen() ? FileCalls.duplicate(descriptor.intValue()) : -Errno.EBADF;
        if (copy < 0) {
            throw Errno.toException("fcntl", copy, "descriptor " + descriptor.intValue() + ", which was to be sent");
        }
        return new SentDescriptor(copy);
    }

    @Override
    public void writeTo(long message) {
        DescriptorMessage.writeSent(message, fd);
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {
        Syscalls.close(fd);
    }
}
