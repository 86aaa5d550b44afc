package io.evpl.xdr;

/**
 * Bytes that are no value of the type that was expected, or a value that its type does not allow. The message says which field,
 * what is wrong with it and, when reading, at which byte of the message.
 */
public final class XdrException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private XdrException(String message, boolean withStack) {
        super(message, null, false, withStack);
    }

    /** Of a peer's bytes. It has no stack trace: a hostile peer must not be able to make us walk ours. */
    static XdrException ofBytes(String message) {
        return new XdrException(message, false);
    }

    /** Of the caller's value. */
    static XdrException ofValue(String message) {
        return new XdrException(message, true);
    }
}
