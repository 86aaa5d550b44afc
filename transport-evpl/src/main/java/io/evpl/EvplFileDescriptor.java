package io.evpl;

import io.evpl.linux.Errno;
import io.evpl.linux.Syscalls;
import io.netty.channel.unix.FileDescriptor;

import java.io.IOException;

/**
 * A descriptor that Netty's {@link FileDescriptor} stands for and that can be closed without Netty's native library. A unix
 * connection in {@code FILE_DESCRIPTORS} mode passes these on, and whoever takes one closes it. Its methods that read and
 * write are final and native in Netty: they work only where Netty's epoll transport is loaded as well.
 */
public final class EvplFileDescriptor extends FileDescriptor {
    /** @param fd a descriptor that is open, and this object's from here */
    public EvplFileDescriptor(int fd) {
        super(fd);
    }

    /** Closes it; the second time does nothing. Any thread. @throws IOException what close(2) reports; it is closed */
    @Override
    public void close() throws IOException {
        if (markClosed()) {
            int result = Syscalls.close(intValue());
            if (result < 0) {
                throw Errno.toException("close", result, "descriptor " + intValue());
            }
        }
    }
}
