package io.evpl.loop;

/**
 * A producer of completed work that one event loop owns: a completion queue of a device, a ring of one's own. All methods run on
 * that loop's thread.
 *
 * <p>The loop polls while it is awake. Before it sleeps it arms: from then on the source makes its descriptor readable when
 * work arrives, and whatever arrived between the last poll and that moment it finds itself, and says so by refusing. So no
 * wake-up is lost and an armed source costs nothing. Awake again, the loop disarms it and polls.
 */
public interface IoSource extends AutoCloseable {
    /**
     * Dispatches completions. What it throws is logged and counts as idle, but an {@link AssertionError}, which ends the loop.
     *
     * @param budget at most so many
     * @return how many; 0 means idle
     */
    int poll(int budget);

    /**
     * Asks for a wake-up through {@link #wakeFd()}.
     *
     * @return false if work is already there, or can only be seen by polling: poll again, do not sleep. It is not armed then
     */
    boolean arm();

    /** Takes {@link #arm()} back: the loop is awake and polls. Called after each arm() that was true, and only then. */
    void disarm();

    /**
     * Asked for once, when the source is added.
     *
     * @return descriptor that becomes readable when armed work arrives, or -1 if only polling can see it ({@link #arm()}
     *         is false then while work is in flight). It is watched for edges and never read by the loop. On loops that are not
     *         ours, and where the kernel has no such watch on io_uring (Linux before 5.13), its level counts: {@link #disarm()},
     *         or {@link #arm()} before it looks, then must leave it unreadable
     */
    int wakeFd();

    /** Called by the loop's end for sources that are still with it. */
    @Override
    void close();
}
