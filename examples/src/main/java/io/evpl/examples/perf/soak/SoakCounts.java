package io.evpl.examples.perf.soak;

import java.util.concurrent.atomic.LongAdder;

/** What went over one link. */
final class SoakCounts {
    final LongAdder connections = new LongAdder();
    final LongAdder halfCloses = new LongAdder();
    final LongAdder resets = new LongAdder();
    final LongAdder slowReaders = new LongAdder();
    final LongAdder bytes = new LongAdder();
    final LongAdder packets = new LongAdder();
    final LongAdder lostPackets = new LongAdder();
}
