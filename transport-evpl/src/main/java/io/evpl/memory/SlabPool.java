package io.evpl.memory;

import io.evpl.linux.Errno;
import io.evpl.linux.Reservation;
import io.evpl.loop.LoopClock;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * All slabs of an allocator, and the one lock. Their addresses were reserved together, so that a slab is found by a shift
 * and a slab that goes leaves no addresses behind for somebody else's memory.
 */
final class SlabPool {
    private final MemorySettings settings;
    private final LoopClock clock;
    private final Reservation range;
    private final int slabShift;
    /** By slot; a slab of several slots is in each. */
    private final Slab[] slabs;
    private final List<MemoryRegistration> registrations = new ArrayList<>();
    private String hugePagesRefusal;
    private int takenSlots;
    private int emptySlabs;
    private long takenBytes;
    private boolean closed;

    SlabPool(MemorySettings settings, LoopClock clock) throws IOException {
        this.settings = settings;
        this.clock = clock;
        slabShift = settings.slabShift();
        slabs = new Slab[settings.slots()];
        range = Reservation.of((long) slabs.length << slabShift, settings.slabBytes());
    }

    // ---- any thread, without the lock

    /** @return -1 if the address is outside of what was reserved */
    int slotOf(long address) {
        long slot = address - range.address() >> slabShift;
        return slot >= 0 && slot < slabs.length ? (int) slot : -1;
    }

    int slots() {
        return slabs.length;
    }

    long addressOf(Slab slab) {
        return range.address() + ((long) slab.slot << slabShift);
    }

    long bytesOf(Slab slab) {
        return (long) slab.slots << slabShift;
    }

    // ---- blocks

    /**
     * Takes memory for {@code cells} of {@code cellBytes} each.
     *
     * @param owner whose run it is to be, null for a single cell that is nobody's
     */
    synchronized Run take(EvplAllocator allocator, RunCache owner, int sizeClass, int cellBytes, int cells) {
        if (closed) {
            throw new IllegalStateException("the allocator is closed");
        }
        long bytes = (long) cellBytes * cells;
        int blocks = blocksOf(bytes);
        Slab slab = null;
        int first = -1;
        for (int slot = 0; slot < slabs.length && first < 0; slot += slab == null ? 1 : slab.slots) {
            slab = slabs[slot];
            if (slab != null) {
                boolean wasEmpty = slab.isEmpty();
                first = slab.take(blocks);
                emptySlabs -= wasEmpty && first >= 0 ? 1 : 0;
            }
        }
        if (first < 0) {
            slab = add(bytes);
            first = slab.take(blocks);
        }
        takenBytes += (long) blocks << Slab.BLOCK_SHIFT;
        return new Run(allocator, owner, slab, first, addressOf(slab) + ((long) first << Slab.BLOCK_SHIFT), sizeClass,
                cellBytes, cells);
    }

    synchronized void put(Run run) {
        Slab slab = run.slab;
        int blocks = blocksOf(run.bytes());
        slab.put(run.firstBlock, blocks);
        takenBytes -= (long) blocks << Slab.BLOCK_SHIFT;
        if (slab.isEmpty()) {
            slab.emptySinceNs = clock.nanoTime();
            emptySlabs++;
            returnEmpty(settings.emptySlabNs());
        }
    }

    private static int blocksOf(long bytes) {
        return (int) (bytes + Slab.BLOCK_BYTES - 1 >>> Slab.BLOCK_SHIFT);
    }

    // ---- slabs

    private Slab add(long bytes) {
        int slots = (int) (bytes + settings.slabBytes() - 1 >>> slabShift);
        int slot = freeSlots(slots);
        if (slot < 0) {
            returnEmpty(0); // theirs may be next to each other
            slot = freeSlots(slots);
        }
        if (slot < 0) {
            throw new OutOfSlabMemoryError("no " + bytes + " bytes left below -Dio.evpl.memory.maxBytes="
                    + settings.maxBytes() + ": " + takenBytes + " bytes of buffers in " + mappedBytes()
                    + " bytes of slabs; raise it, or look for buffers that are not released");
        }
        Slab slab = new Slab(slot, slots, settings.slabBytes());
        commit(slab);
        for (int i = slot; i < slot + slots; i++) {
            slabs[i] = slab;
        }
        takenSlots += slots;
        registrations.forEach(registration -> registration.added(slab));
        return slab;
    }

    private int freeSlots(int count) {
        int first = 0;
        for (int slot = 0; slot < slabs.length; slot++) {
            if (slabs[slot] != null) {
                first = slot + 1;
            } else if (slot - first + 1 == count) {
                return first;
            }
        }
        return -1;
    }

    private void commit(Slab slab) {
        long offset = (long) slab.slot << slabShift;
        int result = -1;
        if (settings.hugePages() && hugePagesRefusal == null) {
            result = range.commit(offset, bytesOf(slab), true);
            if (result < 0) {
                hugePagesRefusal = bytesOf(slab) + " bytes of huge pages: " + Errno.text(-result)
                        + "; see vm.nr_hugepages";
            }
        }
        if (result < 0) {
            result = range.commit(offset, bytesOf(slab), false);
        }
        if (result < 0) {
            throw new OutOfSlabMemoryError("mmap of a slab of " + bytesOf(slab) + " bytes failed: "
                    + Errno.text(-result) + "; " + mappedBytes() + " bytes of slabs are there");
        }
    }

    /** Returns the slabs that have been empty for {@code ns}. */
    synchronized void returnEmpty(long ns) {
        if (emptySlabs == 0) {
            return;
        }
        long now = clock.nanoTime();
        int slots;
        for (int slot = 0; slot < slabs.length; slot += slots) {
            Slab slab = slabs[slot];
            slots = slab == null ? 1 : slab.slots;
            if (slab != null && slab.isEmpty() && now - slab.emptySinceNs >= ns) {
                remove(slab);
            }
        }
    }

    private void remove(Slab slab) {
        slab.leave();
        emptySlabs--;
        slab.heldBy = 1; // by us: engines may let go while others are being told
        for (MemoryRegistration registration : registrations) {
            slab.heldBy += registration.removed(slab) ? 0 : 1;
        }
        letGo(slab);
    }

    /** An engine has let go of a slab that is going. */
    synchronized void released(long address) {
        letGo(slabs[slotOf(address)]);
    }

    private void letGo(Slab slab) {
        assert slab.heldBy > 0 : "released by an engine that did not hold it";
        if (--slab.heldBy > 0) {
            return;
        }
        int result = range.decommit((long) slab.slot << slabShift, bytesOf(slab));
        if (result < 0) { // the kernel has no memory to note it: the slab stays, and is registered anew
            slab.stay();
            emptySlabs++;
            registrations.forEach(registration -> registration.added(slab));
            return;
        }
        for (int i = slab.slot; i < slab.slot + slab.slots; i++) {
            slabs[i] = null;
        }
        takenSlots -= slab.slots;
    }

    // ---- engines

    synchronized MemoryRegistration attach(MemoryRegistrar registrar) {
        MemoryRegistration registration = new MemoryRegistration(this, registrar, slabs.length);
        registrations.add(registration);
        forEachSlab(registration::added);
        return registration;
    }

    synchronized void detach(MemoryRegistration registration) {
        if (registrations.remove(registration)) {
            forEachSlab(registration::removed);
        }
    }

    /** Those that are not going. */
    private void forEachSlab(Consumer<Slab> action) {
        for (int slot = 0; slot < slabs.length; slot++) {
            Slab slab = slabs[slot];
            if (slab != null && slab.slot == slot && slab.heldBy == 0) {
                action.accept(slab);
            }
        }
    }

    // ---- what is there

    /** Whether a slab waits for its time to be returned. */
    synchronized boolean hasEmpty() {
        return emptySlabs > 0 && settings.emptySlabMs() >= 0;
    }

    synchronized long mappedBytes() {
        return (long) takenSlots << slabShift;
    }

    synchronized long takenBytes() {
        return takenBytes;
    }

    synchronized String hugePagesRefusal() {
        return hugePagesRefusal;
    }

    synchronized void close() {
        returnEmpty(0);
        if (takenSlots > 0) {
            throw new IllegalStateException(takenBytes > 0 ? takenBytes + " bytes of buffers are not released"
                    : "engines have not let go of " + mappedBytes() + " bytes of slabs");
        }
        if (!closed) {
            closed = true;
            range.close();
        }
    }
}
