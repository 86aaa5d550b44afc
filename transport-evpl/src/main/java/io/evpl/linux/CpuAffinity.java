package io.evpl.linux;

import java.lang.foreign.Arena;
import java.util.BitSet;

/** CPUs that a thread may run on. */
public final class CpuAffinity {
    /** The kernel's own limit is 8192 CPUs (CONFIG_NR_CPUS with MAXSMP). */
    private static final int MAX_CPUS = 8192;

    private CpuAffinity() {
    }

    /** Binds the calling thread to one CPU. @return false if the process may not use it */
    public static boolean pinThread(int cpu) {
        if (cpu < 0 || cpu >= MAX_CPUS) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            long mask = NativeAddress.allocate(arena, MAX_CPUS / 8);
            NativeAddress.putByte(mask + cpu / 8, (byte) (1 << cpu % 8));
            return Syscalls.schedSetaffinity(0, MAX_CPUS / 8, mask) == 0;
        }
    }

    /** CPUs the calling thread may run on. */
    public static BitSet ofThread() {
        BitSet cpus = new BitSet();
        try (Arena arena = Arena.ofConfined()) {
            long mask = NativeAddress.allocate(arena, MAX_CPUS / 8);
            if (Syscalls.schedGetaffinity(0, MAX_CPUS / 8, mask) >= 0) {
                for (int cpu = 0; cpu < MAX_CPUS; cpu++) {
                    if ((NativeAddress.getByte(mask + cpu / 8) & 1 << cpu % 8) != 0) {
                        cpus.set(cpu);
                    }
                }
            }
        }
        return cpus;
    }
}
