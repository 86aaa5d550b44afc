package io.evpl.channel;

import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.DescriptorMessage;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;

import java.io.IOException;

/** The descriptors of one message from a peer, until they are passed on. Released before, it closes them. */
public final class ReceivedDescriptors extends AbstractReferenceCounted {
    private static final int[] NONE = {};

    private final int[] fds;
    private final String failure;
    private int passedOn;

    private ReceivedDescriptors(int[] fds, String failure) {
        this.fds = fds;
        this.failure = failure;
    }

    /** Takes them out of what a successful receive left at {@code message}, as {@link DescriptorMessage} lays it out. */
    public static ReceivedDescriptors of(long message) {
        int[] fds = DescriptorMessage.takeReceived(message);
        if (DescriptorMessage.isTruncated(message)) {
            DescriptorMessage.closeAll(fds);
            return new ReceivedDescriptors(NONE, "recvmsg(..): MSG_CTRUNC, descriptors of a message were lost, and the others"
                    + " are closed: this process has too many open (ulimit -n), or may not have these");
        }
        return new ReceivedDescriptors(fds, fds.length > 0 ? null
                : "a byte came without a descriptor: set DOMAIN_SOCKET_READ_MODE to BYTES where the peer sends bytes");
    }

    /** Has the channel pass each on, while it is open, or say what was wrong with the message. Releases this. */
    public void passOn(StreamEvents events) {
        try {
            if (failure != null) {
                events.pipeline().fireExceptionCaught(new IOException(failure));
            }
            while (passedOn < fds.length && events.isOpen()) {
                events.descriptorReceived(fds[passedOn++]);
            }
        } finally {
            release();
        }
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {
        while (passedOn < fds.length) {
            Syscalls.close(fds[passedOn++]);
        }
    }
}
