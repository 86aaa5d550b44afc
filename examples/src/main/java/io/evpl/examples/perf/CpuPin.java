package io.evpl.examples.perf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Ties the calling thread, and no other of its JVM, to one CPU. Its own call and not io.evpl.linux's, because the Netty 4.2
 * peer's server runs without evpl on its class path.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html">sched_setaffinity(2)</a>
 */
public final class CpuPin {
    /** glibc's cpu_set_t: 1024 bits, sched.h CPU_SETSIZE. */
    private static final int MAX_CPUS = 1024;
    private static final int CALLING_THREAD = 0;
    private static final String ALLOWED = "Cpus_allowed_list:";

    private CpuPin() { }

    @SuppressWarnings("restricted")
    private static final class Call {
        private static final MethodHandle SCHED_SETAFFINITY = Linker.nativeLinker().downcallHandle(
                Linker.nativeLinker().defaultLookup().find("sched_setaffinity").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
    }

    /**
     * The CPUs this process may run on, in a container or cpuset not the first n.
     *
     * @return empty if the kernel does not say
     */
    public static List<Integer> allowedCpus() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith(ALLOWED)).findFirst().map(line -> parse(line.substring(ALLOWED.length()).strip()))
                    .orElse(List.of());
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The kernel's list format, cpuset(7): {@code 0-3,8}. */
    static List<Integer> parse(String list) {
        return Arrays.stream(list.split(",")).map(range -> range.split("-"))
                .flatMapToInt(ends -> IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1])))
                .boxed().toList();
    }

    /** @throws IllegalStateException if this process may not run on {@code cpu} (a cpuset, or there is no such CPU) */
    public static void pinCallingThread(int cpu) {
        if (cpu < 0 || cpu >= MAX_CPUS) {
            throw new IllegalArgumentException("cpu " + cpu + " is not in 0.." + (MAX_CPUS - 1));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MAX_CPUS / Byte.SIZE, Long.BYTES);
            mask.setAtIndex(ValueLayout.JAVA_LONG, cpu / Long.SIZE, 1L << (cpu % Long.SIZE));
            if ((int) Call.SCHED_SETAFFINITY.invokeExact(CALLING_THREAD, mask.byteSize(), mask) != 0) {
                throw new IllegalStateException("sched_setaffinity: cannot pin a loop thread to cpu " + cpu);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
