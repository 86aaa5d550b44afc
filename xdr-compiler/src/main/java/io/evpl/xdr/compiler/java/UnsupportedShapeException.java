package io.evpl.xdr.compiler.java;

import io.evpl.xdr.compiler.model.SourcePosition;

/** A right definition that has no form in Java. */
public final class UnsupportedShapeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient SourcePosition position;

    UnsupportedShapeException(SourcePosition position, String message) {
        super(message);
        this.position = position;
    }

    /** Where the definition is. */
    public SourcePosition position() {
        return position;
    }
}
