package io.evpl.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** An engine that notes which slabs it was told of, and insists that it is told of each once. */
class SlabLog implements MemoryRegistrar {
    private final TreeMap<Long, Long> slabs = new TreeMap<>();
    private final List<String> calls = new ArrayList<>();
    private final CountDownLatch unregistered = new CountDownLatch(1);
    private final int refusal;
    private long nextKey = 100;

    /** @param refusal what registering returns, 0 to accept */
    SlabLog(int refusal) {
        this.refusal = refusal;
    }

    @Override
    public synchronized long register(long address, long bytes) {
        if (refusal < 0) {
            return refusal;
        }
        if (slabs.put(address, bytes) != null) {
            throw new AssertionError("registered twice");
        }
        calls.add("+" + bytes);
        return nextKey++;
    }

    @Override
    public synchronized boolean unregister(long address, long bytes, long key) {
        Long known = slabs.remove(address);
        if (known == null || known != bytes || key < 100 || key >= nextKey) {
            throw new AssertionError("unregistered what was not registered: " + bytes + ", " + key);
        }
        calls.add("-" + bytes);
        unregistered.countDown();
        return true;
    }

    /** Whether it may touch all of this. */
    synchronized boolean knows(long address, long bytes) {
        var slab = slabs.floorEntry(address);
        return slab != null && address + bytes <= slab.getKey() + slab.getValue();
    }

    synchronized List<String> takeCalls() {
        List<String> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    CountDownLatch unregistered() {
        return unregistered;
    }
}
