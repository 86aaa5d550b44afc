package io.evpl.xdr;

/** Bytes that are not the XDR that was expected, or a value that its type does not allow. */
public class XdrException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public XdrException(String message) {
        super(message);
    }
}
