package io.evpl.linux;

import java.io.IOException;

/** A system call's failure that has no exception class in the JDK; {@link #errno()} says which. */
public final class LinuxException extends IOException {
    private static final long serialVersionUID = 1;

    private final int errno;

    LinuxException(String message, int errno) {
        super(message);
        this.errno = errno;
    }

    /** @return positive error number, one of {@link Errno}'s or another of errno(3) */
    public int errno() {
        return errno;
    }
}
