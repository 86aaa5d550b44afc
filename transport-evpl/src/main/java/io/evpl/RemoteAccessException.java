package io.evpl;

import java.io.IOException;

/** An access to remote memory was refused: of that operation only, the connection goes on where the transport can. */
public final class RemoteAccessException extends IOException {
    private static final long serialVersionUID = 1L;

    RemoteAccessException(String message) {
        super(message);
    }
}
