package io.evpl;

/** What an inproc connection promises about what is written to it. Both ends must be of the same kind. */
public enum InprocKind {
    /** Bytes: takes buffers only. They arrive by reference, in order; the reader must not rely on where one ends. */
    STREAM,
    /** Messages: one write of any object is one read of that object, empty buffers included. Offers {@link RemoteMemory}. */
    MESSAGE
}
