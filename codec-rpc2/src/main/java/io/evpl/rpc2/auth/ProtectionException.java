package io.evpl.rpc2.auth;

/** A message cannot be protected, or its protection does not hold. */
public class ProtectionException extends Exception {
    private static final long serialVersionUID = 1L;

    public ProtectionException(String message) {
        super(message);
    }

    public ProtectionException(String message, Throwable cause) {
        super(message, cause);
    }
}
