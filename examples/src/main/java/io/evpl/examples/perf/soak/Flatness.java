package io.evpl.examples.perf.soak;

import io.evpl.examples.perf.memory.MemoryReading;
import io.evpl.examples.perf.report.TextTable;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * What may be held at the end beyond what was at the baseline. Each limit is above what pools and half-done work come and go by, and far
 * below what a buffer a connection amounts to in a minute.
 */
record Flatness(MemoryReading baseline, MemoryReading end) {
    private static final int MIB = 1 << 20;

    private enum Held {
        HEAP("heap, live", MIB, 16 * MIB, MemoryReading::heapUsedBytes),
        DIRECT("direct buffers", MIB, 32 * MIB, MemoryReading::directBytes),
        SLABS("slabs", MIB, 16 * MIB, MemoryReading::slabBytes),
        RESIDENT("resident", MIB, 48 * MIB, MemoryReading::residentBytes),
        DESCRIPTORS("descriptors", 1, 64, MemoryReading::descriptors);

        private final String label;
        private final int unit;
        private final long limit;
        private final ToLongFunction<MemoryReading> of;

        Held(String label, int unit, long limit, ToLongFunction<MemoryReading> of) {
            this.label = label;
            this.unit = unit;
            this.limit = limit;
            this.of = of;
        }

        private String text(long amount) {
            return unit == 1 ? Long.toString(amount) : String.format(Locale.ROOT, "%.1f MiB", (double) amount / unit);
        }
    }

    /** @return what has grown beyond its limit, in one line; null if nothing has */
    String fault() {
        for (Held held : Held.values()) {
            long grown = grown(held);
            if (grown > held.limit) {
                return held.label + " grew by " + held.text(grown) + ", more than " + held.text(held.limit);
            }
        }
        return null;
    }

    private long grown(Held held) {
        return held.of.applyAsLong(end) - held.of.applyAsLong(baseline);
    }

    String table() {
        TextTable table = new TextTable(List.of("  held", "baseline", "end", "grown by", "limit"));
        for (Held held : Held.values()) {
            table.figures(List.of("  " + held.label, held.text(held.of.applyAsLong(baseline)), held.text(held.of.applyAsLong(end)),
                    held.text(grown(held)), held.text(held.limit)));
        }
        return table.render();
    }
}
