package io.evpl.loop;

/** A producer of completed work that one event loop owns. All methods run on that loop's thread. */
public interface IoSource extends AutoCloseable {
    /**
     * Dispatches completions.
     *
     * @param budget at most so many
     * @return how many; 0 means idle
     */
    int poll(int budget);

    /** Asks for a wake-up through {@link #wakeFd()}. @return false if work is already there: poll again, do not sleep */
    boolean arm();

    /** Takes {@link #arm()} back: the loop is awake and polls. */
    void disarm();

    /**
     * @return descriptor that becomes readable when armed work arrives, or -1 if only polling can see it ({@link #arm()}
     *         is false then while work is in flight)
     */
    int wakeFd();

    @Override
    void close();
}
