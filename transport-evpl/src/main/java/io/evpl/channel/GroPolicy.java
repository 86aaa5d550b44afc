package io.evpl.channel;

import java.net.SocketAddress;

/**
 * Whether the kernel is to put datagrams together (UDP_GRO), by what arrives. Put together, a train of datagrams of one
 * sender costs little more than one; but each that comes alone costs a tenth more, for it has a large buffer to itself.
 *
 * <p>So it is tried when most datagrams come together with another of the same sender and size before them, as those of a
 * sender that uses segmentation (UDP_SEGMENT) do; and given up, for longer each time, when few arrive put together after all.
 * On the loop's thread.
 */
final class GroPolicy {
    /** Messages from one decision to the next. */
    static final int WINDOW_MESSAGES = 256;
    /** Of these, so many must follow their like to be worth a trial. */
    private static final int MOST_MESSAGES = WINDOW_MESSAGES * 3 / 4;
    /** Of these, so many must be several datagrams for the trial to go on. */
    private static final int SOME_MESSAGES = WINDOW_MESSAGES / 8;
    /** It can be ended only while nothing waits to be received. */
    private static final int MAX_ATTEMPTS = 8;
    private static final int LAST_PAUSE_WINDOWS = 1024;

    /** No datagram's size. */
    private static final int NONE = -1;

    private boolean on;
    private boolean wantsChange;
    private int attempts;
    private int messages;
    /** While off: those that followed their like. While on: those that were several datagrams. */
    private int trains;
    private SocketAddress lastSender;
    private int lastBytes = NONE;
    /** Windows that pass before the next trial, and how many it will be after one more that fails. */
    private int pauseWindows;
    private int nextPauseWindows = 1;

    /** A message arrived. @param segmentBytes 0 if it was a single datagram */
    void arrived(SocketAddress sender, int bytes, int segmentBytes) {
        if (on ? segmentBytes > 0 : bytes == lastBytes && isLast(sender)) {
            trains++;
        }
        lastSender = sender;
        lastBytes = bytes;
        if (++messages >= WINDOW_MESSAGES) {
            decide();
        }
    }

    /** What comes later did not come together with what was before. */
    void batchEnded() {
        lastBytes = NONE;
    }

    private boolean isLast(SocketAddress sender) {
        return sender == lastSender || sender != null && sender.equals(lastSender);
    }

    private void decide() {
        if (wantsChange) {
            return; // not yet settled
        }
        if (on) {
            wantsChange = trains < SOME_MESSAGES;
            if (!wantsChange) {
                nextPauseWindows = 1;
            }
        } else if (pauseWindows > 0) {
            pauseWindows--;
        } else {
            wantsChange = trains >= MOST_MESSAGES;
        }
        messages = 0;
        trains = 0;
    }

    /** Whether the socket should be switched, before the next receive. */
    boolean wantsChange() {
        return wantsChange;
    }

    /** What the socket is set to from now on; not what was wanted if it was not possible. */
    void settled(boolean isOn) {
        if (on && !isOn) {
            pauseWindows = nextPauseWindows;
            nextPauseWindows = Math.min(nextPauseWindows * 2, LAST_PAUSE_WINDOWS);
        } else if (!on && !isOn && wantsChange) {
            pauseWindows = LAST_PAUSE_WINDOWS; // the kernel does not know the option
        }
        boolean waits = on && isOn && wantsChange && ++attempts < MAX_ATTEMPTS;
        on = isOn;
        wantsChange = waits;
        if (!waits) {
            attempts = 0;
        }
        messages = 0;
        trains = 0;
    }
}
