package io.evpl.conformance;

import java.util.Map;
import java.util.TreeMap;

/** Timers T1 to T8 under a clock that moves in steps: what is due fires with the first step that reaches it, once. */
final class TimeModel {
    /** What a timer's first callback adds is due after so long. */
    static final int ADDED_MS = 1;
    /** More than the operations of any program: orders timers of one deadline by their arming. */
    private static final int ARMINGS = 100_000;

    private final Obligations owed;
    private final Map<Integer, Timer> timers = new TreeMap<>();
    private long nowMs;

    private static final class Timer {
        final Op.TimerUse use;
        final int ms;
        final Key key;
        long dueMs;
        int fired;
        /** When what its first callback added is due. */
        long addedDueMs = Long.MAX_VALUE;

        Timer(int at, Op.TimerUse use, int ms, long nowMs) {
            this.use = use;
            this.ms = ms;
            key = Key.of(Key.What.TIMER, at);
            dueMs = nowMs + ms;
        }

        boolean isArmed() {
            return switch (use) {
                case ONE_SHOT, SCHEDULED, REMOVED_IN_CALLBACK -> fired < 1;
                case REARMED_IN_CALLBACK -> fired < 2;
                case PERIODIC, ADDING_IN_CALLBACK -> true;
            };
        }
    }

    TimeModel(Obligations owed) {
        this.owed = owed;
    }

    boolean isFree(int slot) {
        return !timers.containsKey(slot);
    }

    boolean isOneShot(int slot) {
        return !isFree(slot) && timers.get(slot).use == Op.TimerUse.ONE_SHOT;
    }

    Iterable<Integer> slots() {
        return timers.keySet();
    }

    void arm(int at, int slot, Op.TimerUse use, int ms) {
        Timer timer = new Timer(at, use, ms, nowMs);
        timers.put(slot, timer);
        if (use == Op.TimerUse.ONE_SHOT || use == Op.TimerUse.SCHEDULED) {
            owed.rank(timer.key, use.name(), timer.dueMs * ARMINGS + at);
        }
    }

    /** T4, T5: what has fired has fired. */
    void remove(int slot) {
        timers.remove(slot);
    }

    void step(int ms) {
        nowMs += ms;
        for (Timer timer : timers.values()) {
            if (timer.addedDueMs <= nowMs) {
                timer.addedDueMs = Long.MAX_VALUE;
                owed.owe(Key.of(Key.What.ADDED_TIMER, timer.key.at()), 1);
            }
            if (timer.isArmed() && timer.dueMs <= nowMs) {
                fire(timer);
            }
        }
    }

    private void fire(Timer timer) {
        owed.owe(timer.key, 1);
        timer.fired++;
        if (timer.use == Op.TimerUse.ADDING_IN_CALLBACK && timer.fired == 1) {
            timer.addedDueMs = nowMs + ADDED_MS;
        }
        switch (timer.use) {
            case ONE_SHOT, SCHEDULED, REMOVED_IN_CALLBACK -> owed.between(timer.key, nowMs, nowMs);
            case REARMED_IN_CALLBACK -> timer.dueMs = nowMs + timer.ms;
            // A timer that was held up for several intervals fires once for all of them.
            case PERIODIC, ADDING_IN_CALLBACK -> timer.dueMs += (nowMs - timer.dueMs) / timer.ms * timer.ms + timer.ms;
        }
    }
}
