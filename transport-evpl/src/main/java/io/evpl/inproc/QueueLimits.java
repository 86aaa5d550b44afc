package io.evpl.inproc;

/** How much a writer may be ahead of its reader. One message of more than {@code maxBytes} passes alone. */
public record QueueLimits(int maxMessages, long maxBytes) {
    /** As many as one small write each fills Netty's default high water mark with: more would only be memory. */
    public static final int DEFAULT_MESSAGES = 512;
    /** What a socket's buffers hold at their largest on a usual Linux; enough to hide the time that a loop takes to wake. */
    public static final long DEFAULT_BYTES = 4 << 20;
    /** A slot takes 8 bytes, so that a queue of this length takes 8 MiB. */
    public static final int MAX_MESSAGES = 1 << 20;
    private static final int MIN_MESSAGES = 2;

    /** @throws IllegalArgumentException a limit that is out of its range */
    public QueueLimits {
        if (maxMessages < MIN_MESSAGES || maxMessages > MAX_MESSAGES) {
            throw new IllegalArgumentException("a queue holds " + MIN_MESSAGES + " to " + MAX_MESSAGES + " messages, not "
                    + maxMessages);
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("a queue holds at least 1 byte, not " + maxBytes);
        }
        maxMessages = Integer.highestOneBit(maxMessages - 1) << 1;
    }

    public static QueueLimits defaults() {
        return new QueueLimits(DEFAULT_MESSAGES, DEFAULT_BYTES);
    }

    public QueueLimits withMessages(int messages) {
        return new QueueLimits(messages, maxBytes);
    }

    public QueueLimits withBytes(long bytes) {
        return new QueueLimits(maxMessages, bytes);
    }
}
