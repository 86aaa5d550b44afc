package io.evpl.conformance;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Set;

/** Deferrals D1 to D6, doorbells B1 to B5, sources and pins P1 to P8, hooks H1 and H2. */
final class ServiceModel {
    static final int DEFERRALS = 3;

    private enum BellState { OPEN, CLOSED }

    private final Obligations owed;
    private final Map<Integer, BellState> bells = new TreeMap<>();
    private final Set<Integer> sources = new TreeSet<>();
    private int pins;
    private boolean hooked;

    ServiceModel(Obligations owed) {
        this.owed = owed;
    }

    Iterable<Integer> sources() {
        return Set.copyOf(sources);
    }

    Iterable<Integer> openBells() {
        return bells.keySet().stream().filter(this::isOpen).toList();
    }

    int pins() {
        return pins;
    }

    boolean isHooked() {
        return hooked;
    }

    private boolean isOpen(int slot) {
        return bells.get(slot) == BellState.OPEN;
    }

    boolean allows(Op.Bell bell) {
        return switch (bell.use()) {
            case CREATE -> !isOpen(bell.slot());
            case RING, RING_TWICE, RING_ON_LOOP, CLOSE_IN_CALLBACK, CLOSE_RUNG, CLOSE -> isOpen(bell.slot());
            case RING_CLOSED -> bells.get(bell.slot()) == BellState.CLOSED;
        };
    }

    boolean allows(Op.Source source) {
        return switch (source.use()) {
            case ADD, ADD_WITH_WORK -> !sources.contains(source.slot());
            case WORK, UNSEEN_WORK, REMOVE -> sources.contains(source.slot());
        };
    }

    void defer(int at, Op.Defer defer) {
        Key key = Key.of(Key.What.DEFERRAL, at);
        switch (defer.use()) {
            case ARM, ARM_TWICE -> owed.owe(key, 1);
            case ARM_IN_CALLBACK -> owed.owe(key, 2);
            case ARM_AND_CANCEL, CANCEL_IDLE -> {
            }
            case ARM_ALL -> {
                for (int i = 0; i < DEFERRALS; i++) {
                    Key one = new Key(Key.What.DEFERRAL, at, Integer.toString((defer.slot() + i) % DEFERRALS));
                    owed.owe(one, 1);
                    owed.rank(one, "deferrals@" + at, i);
                }
            }
        }
    }

    void bell(int at, Op.Bell bell) {
        Key key = Key.of(Key.What.DOORBELL, at);
        switch (bell.use()) {
            case CREATE -> bells.put(bell.slot(), BellState.OPEN);
            case RING, RING_ON_LOOP -> owed.owe(key, 1);
            case RING_TWICE -> {
                owed.owe(key, 1);
                owed.allow(key, 1);
            }
            case CLOSE_IN_CALLBACK -> {
                owed.owe(key, 1);
                bells.put(bell.slot(), BellState.CLOSED);
            }
            case CLOSE_RUNG, CLOSE -> bells.put(bell.slot(), BellState.CLOSED);
            case RING_CLOSED -> {
            }
        }
    }

    void source(int at, Op.Source source) {
        switch (source.use()) {
            case ADD -> {
                sources.add(source.slot());
                owed.owe(Key.of(Key.What.SOURCE_POLLED, at), 1);
            }
            case ADD_WITH_WORK -> {
                sources.add(source.slot());
                owed.owe(Key.of(Key.What.SOURCE_POLLED, at), 1);
                owed.owe(Key.of(Key.What.SOURCE_WORK, at), 1);
            }
            case WORK, UNSEEN_WORK -> owed.owe(Key.of(Key.What.SOURCE_WORK, at), 1);
            case REMOVE -> sources.remove(source.slot());
        }
        if (source.use() != Op.SourceUse.REMOVE && pins == 0) {
            owed.owe(Key.of(Key.What.SOURCE_ARMED, at), 1);
        }
    }

    void pin(int at) {
        pins++;
        awakeWindow(at);
    }

    void unpin(int at) {
        pins--;
        if (pins == 0) {
            sources.forEach(slot -> owed.owe(sourceKey(Key.What.SOURCE_ARMED, at, slot), 1));
        }
    }

    boolean isPinned() {
        return pins > 0;
    }

    void hooks(boolean on) {
        hooked = on;
    }

    /** P4: a pinned loop polls in every window. H1: hooks run in every window. */
    void quiesce(int at) {
        if (isPinned()) {
            awakeWindow(at);
        }
        if (hooked) {
            owed.owe(new Key(Key.What.HOOK, at, "iterationEnd"), 1);
            if (!isPinned()) {
                owed.owe(new Key(Key.What.HOOK, at, "beforeSleep"), 1);
                owed.owe(new Key(Key.What.HOOK, at, "afterSleep"), 1);
            }
        }
    }

    private void awakeWindow(int at) {
        sources.forEach(slot -> owed.owe(sourceKey(Key.What.SOURCE_POLLED, at, slot), 1));
    }

    static Key sourceKey(Key.What what, int at, int slot) {
        return new Key(what, at, Integer.toString(slot));
    }
}
