package io.evpl;

import java.net.ProtocolException;

/** A stream that cannot be cut into segments any further: its {@link SegmentDecoder} closes the channel. */
public final class SegmentException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    SegmentException(String message) {
        super(message);
    }

    SegmentException(String message, Throwable cause) {
        super(message);
        initCause(cause);
    }
}
