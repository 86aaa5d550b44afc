package io.evpl.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

import static java.lang.foreign.ValueLayout.JAVA_INT;

/** Links C functions of the C library, and keeps each thread's errno apart. */
final class Foreign {
    private static final Linker LINKER = Linker.nativeLinker();

    /**
     * Where a downcall leaves errno: one segment per thread, because a shared one would hand a thread its neighbour's
     * error. A loop is one thread, so this is one per loop.
     */
    private static final ThreadLocal<MemorySegment> ERRNO =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

    private Foreign() {
    }

    static MemorySegment errno() {
        return ERRNO.get();
    }

    /** @return -errno of the call that just failed */
    static long failure(MemorySegment errno) {
        return -errno.get(JAVA_INT, 0);
    }

    /** A C function whose handle takes the errno segment first. */
    @SuppressWarnings("restricted")
    static MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments), Linker.Option.captureCallState("errno"));
    }

    /** A C function whose errno nobody asks for. */
    @SuppressWarnings("restricted")
    static MethodHandle plain(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments));
    }

    /** As {@link #plain}, for a C function declared with {@code ...} after {@code fixed} arguments. */
    @SuppressWarnings("restricted")
    static MethodHandle plainVariadic(String name, int fixed, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments), Linker.Option.firstVariadicArg(fixed));
    }

    /** As {@link #function}, for a C function declared with {@code ...} after {@code fixed} arguments. */
    @SuppressWarnings("restricted")
    static MethodHandle variadic(String name, int fixed, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments), Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(fixed));
    }

    /** No handle of ours throws: an exception out of one means that its signature here is wrong. */
    static AssertionError unexpected(Throwable cause) {
        return new AssertionError("a downcall threw", cause);
    }
}
