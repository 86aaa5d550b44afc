package io.evpl.memory;

/** The cap of an {@link EvplAllocator} is reached, or the machine has no more memory. The message says which. */
public final class OutOfSlabMemoryError extends OutOfMemoryError {
    private static final long serialVersionUID = 1;

    OutOfSlabMemoryError(String message) {
        super(message);
    }
}
