package io.evpl;

import org.junit.jupiter.api.Nested;

/** {@link InprocChannelContract} for both kinds, on one loop and between two. */
class EvplInprocChannelTest {
    @Nested
    class MessagesOnOneLoop extends InprocChannelContract {
        MessagesOnOneLoop() {
            super(InprocKind.MESSAGE, true);
        }
    }

    @Nested
    class MessagesBetweenLoops extends InprocChannelContract {
        MessagesBetweenLoops() {
            super(InprocKind.MESSAGE, false);
        }
    }

    @Nested
    class StreamOnOneLoop extends InprocChannelContract {
        StreamOnOneLoop() {
            super(InprocKind.STREAM, true);
        }
    }

    @Nested
    class StreamBetweenLoops extends InprocChannelContract {
        StreamBetweenLoops() {
            super(InprocKind.STREAM, false);
        }
    }
}
