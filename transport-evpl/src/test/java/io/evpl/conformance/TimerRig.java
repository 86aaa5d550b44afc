package io.evpl.conformance;

import io.evpl.EvplEventLoop;
import io.evpl.LoopTimer;
import io.netty.util.concurrent.Future;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program's timers, on the front loop. */
final class TimerRig {
    private static final long NS_PER_MS = 1_000_000;

    private final Stage stage;
    private final EventLog log;
    private final Sabotage sabotage;
    private final Map<Integer, Timer> timers = new HashMap<>();

    /** One slot's timer; all but its making on the loop. */
    private final class Timer {
        private final Op.TimerUse use;
        private final LoopTimer timer;
        private LoopTimer added;
        private Future<?> scheduled;
        private int at;
        private int ms;
        private int fired;

        Timer(Op.TimerUse use) {
            this.use = use;
            timer = stage.front().newTimer(sabotage.callback(Key.What.TIMER, this::fire));
        }

        void arm(int at, int ms) {
            this.at = at;
            this.ms = ms;
            switch (use) {
                case ONE_SHOT, REARMED_IN_CALLBACK -> timer.armOnce(ms * NS_PER_MS);
                case SCHEDULED -> scheduled = stage.front().schedule(sabotage.callback(Key.What.TIMER, this::fire), ms,
                        TimeUnit.MILLISECONDS);
                case PERIODIC, REMOVED_IN_CALLBACK, ADDING_IN_CALLBACK -> timer.armEvery(ms * NS_PER_MS);
            }
        }

        private void fire() {
            fired++;
            log.add(Key.of(Key.What.TIMER, at));
            switch (use) {
                case ONE_SHOT, SCHEDULED, PERIODIC -> {
                }
                case REARMED_IN_CALLBACK -> {
                    if (fired == 1) {
                        timer.armOnce(ms * NS_PER_MS);
                    }
                }
                case REMOVED_IN_CALLBACK -> timer.disarm();
                case ADDING_IN_CALLBACK -> {
                    if (fired == 1) {
                        added = stage.front().newTimer(() -> log.add(Key.of(Key.What.ADDED_TIMER, at)));
                        added.armOnce(TimeModel.ADDED_MS * NS_PER_MS);
                    }
                }
            }
        }

        void disarm() {
            timer.disarm();
            if (added != null) {
                added.disarm();
            }
            if (scheduled != null) {
                scheduled.cancel(false);
            }
        }
    }

    TimerRig(Stage stage, EventLog log, Sabotage sabotage) {
        this.stage = stage;
        this.log = log;
        this.sabotage = sabotage;
    }

    void arm(int at, Op.ArmTimer arm) throws Exception {
        Timer timer = new Timer(arm.use());
        timers.put(arm.slot(), timer);
        onLoop(() -> timer.arm(at, arm.ms()));
    }

    void rearm(int at, Op.RearmTimer rearm) throws Exception {
        Timer timer = timers.get(rearm.slot());
        onLoop(() -> timer.arm(at, rearm.ms()));
    }

    void remove(int slot) throws Exception {
        onLoop(timers.remove(slot)::disarm);
    }

    private void onLoop(Runnable task) throws Exception {
        EvplEventLoop loop = stage.front();
        Stage.on(loop, () -> {
            task.run();
            return null;
        });
    }
}
