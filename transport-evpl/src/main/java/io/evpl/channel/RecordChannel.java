package io.evpl.channel;

/** A stream channel that can receive TLS records, and whose kernel may decrypt them. */
public interface RecordChannel {
    /**
     * Has the channel ask {@code framing} before each receive from now on, or tells that its answer has changed. What is
     * received as {@link RecordFraming#CONTENT} and is no application data comes up the pipeline as a {@link ReceivedRecord}.
     * A receive that is with the kernel is taken back. On the channel's loop, or before it has one.
     *
     * @param framing null to receive bytes as they come
     */
    void receiveBy(RecordFraming framing);
}
