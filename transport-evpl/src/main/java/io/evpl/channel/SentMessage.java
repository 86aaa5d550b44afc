package io.evpl.channel;

import io.evpl.linux.socket.DescriptorMessage;
import io.evpl.linux.socket.TlsRecordMessage;

/** What is no bytes of the stream, but a message of its own between them: a descriptor, or a TLS alert. */
public interface SentMessage {
    /** Memory for any of them. */
    int BYTES = Math.max(DescriptorMessage.SENT_BYTES, TlsRecordMessage.BYTES);

    /** Writes a struct msghdr and what it points to, {@link #BYTES} at most. The result of sending it is not a count of bytes. */
    void writeTo(long message);
}
