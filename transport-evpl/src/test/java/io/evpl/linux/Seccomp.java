package io.evpl.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * Makes a system call fail for the calling thread and those it starts, as a container's filter would. There is no way
 * back: for JVMs that a test starts for it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/seccomp.2.html">seccomp(2)</a>
 */
public final class Seccomp {
    public static final int IO_URING_SETUP = 425;

    private static final int PR_SET_SECCOMP = 22;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final long SECCOMP_MODE_FILTER = 2;
    private static final int RET_ERRNO = 0x00050000;
    private static final int RET_ALLOW = 0x7fff0000;
    // struct sock_filter: code, jump if true, jump if false, constant. BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K.
    private static final int FILTER_BYTES = 8;
    private static final short LOAD = 0x20;
    private static final short JUMP_IF_EQUAL = 0x15;
    private static final short RETURN = 0x06;

    private Seccomp() {
    }

    /** Has {@code systemCall} answer {@code -errno} from now on. */
    public static void refuse(int systemCall, int errno) throws Throwable {
        MemorySegment filters = Arena.global().allocate(4 * FILTER_BYTES, 8);
        filter(filters, 0, LOAD, 0, 0); // offset 0 of struct seccomp_data: the call's number
        filter(filters, 1, JUMP_IF_EQUAL, 1, systemCall);
        filter(filters, 2, RETURN, 0, RET_ERRNO | errno);
        filter(filters, 3, RETURN, 0, RET_ALLOW);
        MemorySegment program = Arena.global().allocate(16, 8);
        program.set(JAVA_INT, 0, 4);
        program.set(JAVA_LONG, 8, filters.address());
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0);
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program.address());
    }

    private static void filter(MemorySegment filters, int index, short code, int jumpIfFalse, int constant) {
        long at = (long) index * FILTER_BYTES;
        filters.set(JAVA_INT, at, code | jumpIfFalse << 24);
        filters.set(JAVA_INT, at + 4, constant);
    }

    @SuppressWarnings("restricted")
    private static void prctl(int option, long argument, long pointer) throws Throwable {
        MethodHandle prctl = Linker.nativeLinker().downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("prctl"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        int result = (int) prctl.invokeExact(option, argument, pointer, 0L, 0L);
        if (result != 0) {
            throw new IllegalStateException("prctl(" + option + ") failed");
        }
    }
}
