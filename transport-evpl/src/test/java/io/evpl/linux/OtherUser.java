package io.evpl.linux;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * Does things as user {@link #NOBODY}, on a thread that ends afterwards. The kernel keeps a user for each thread; only the C
 * library's wrapper changes all of a process's, so the call is made without it. For processes of root.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/setresuid.2.html">setresuid(2), "C library/kernel differences"</a>
 */
public final class OtherUser {
    public static final int NOBODY = 65534;

    private static final long SETRESUID = System.getProperty("os.arch").equals("aarch64") ? 147 : 117;

    private OtherUser() {
    }

    /** @return what {@code action} returns; throws what it throws */
    public static <T> T does(Callable<T> action) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            become(NOBODY);
            return action.call();
        });
        Thread thread = Thread.ofPlatform().start(task);
        thread.join();
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @SuppressWarnings("restricted")
    private static void become(int user) throws Exception {
        MethodHandle syscall = Linker.nativeLinker().downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        long result;
        try {
            result = (long) syscall.invokeExact(SETRESUID, (long) user, (long) user, (long) user);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
        if (result != 0) {
            throw new IllegalStateException("setresuid(" + user + ") failed: not root?");
        }
    }
}
