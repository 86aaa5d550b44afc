package io.evpl.conformance;

import io.evpl.Deferral;
import io.evpl.Doorbell;
import io.evpl.LoopHooks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A program's deferrals, doorbells, sources, pins and hooks, on the front loop. */
final class ServiceRig {
    private final Stage stage;
    private final EventLog log;
    private final Sabotage sabotage;
    private final List<LoggedDeferral> deferrals = new ArrayList<>();
    private final Map<Integer, LoggedBell> bells = new HashMap<>();
    private final Map<Integer, LoggedSource> sources = new HashMap<>();
    private int pins;
    private LoggedHooks hooks;

    private interface LoopTask {
        void run() throws Exception;
    }

    private final class LoggedDeferral {
        private final Deferral deferral =
                stage.front().newDeferral(sabotage.callback(Key.What.DEFERRAL, this::called));
        private Key key;
        private boolean again;

        private void called() {
            log.add(key);
            if (again) {
                again = false;
                deferral.arm();
            }
        }

        void arm(Key key, boolean again) {
            this.key = key;
            this.again = again;
            deferral.arm();
        }
    }

    private final class LoggedBell {
        private final Doorbell bell = stage.front().newDoorbell(sabotage.callback(Key.What.DOORBELL, this::rung));
        private volatile int at;
        private volatile boolean closeWhenRung;

        private void rung() {
            log.add(Key.of(Key.What.DOORBELL, at));
            if (closeWhenRung) {
                bell.close();
                bell.ring(); // whoever rings late is not answered
            }
        }

        void ring(int at) {
            this.at = at;
            bell.ring();
        }
    }

    /** Notes the first call of each hook after it was asked to. */
    private final class LoggedHooks implements LoopHooks {
        private final int madeAt;
        private final Set<Key> awaited = new HashSet<>();
        private boolean on = true;
        private int at;

        LoggedHooks(int madeAt) {
            this.madeAt = madeAt;
        }

        void await(int at) {
            this.at = at;
            for (String hook : pins == 0 ? List.of("iterationEnd", "beforeSleep", "afterSleep") : List.of("iterationEnd")) {
                awaited.add(new Key(Key.What.HOOK, at, hook));
            }
        }

        private void called(String hook) {
            if (!on) {
                log.add(Key.of(Key.What.BROKEN, madeAt), 1, hook + "() of hooks that were taken back");
            }
            Key key = new Key(Key.What.HOOK, at, hook);
            if (awaited.remove(key)) {
                sabotage.callback(Key.What.HOOK, () -> log.add(key)).run();
            }
        }

        @Override
        public void iterationEnd() {
            called("iterationEnd");
        }

        @Override
        public void beforeSleep() {
            called("beforeSleep");
        }

        @Override
        public void afterSleep() {
            called("afterSleep");
        }
    }

    ServiceRig(Stage stage, EventLog log, Sabotage sabotage) {
        this.stage = stage;
        this.log = log;
        this.sabotage = sabotage;
        for (int i = 0; i < ServiceModel.DEFERRALS; i++) {
            deferrals.add(new LoggedDeferral());
        }
    }

    void defer(int at, Op.Defer defer) throws Exception {
        LoggedDeferral one = deferrals.get(defer.slot());
        Key key = Key.of(Key.What.DEFERRAL, at);
        onLoop(() -> {
            switch (defer.use()) {
                case ARM -> one.arm(key, false);
                case ARM_TWICE -> {
                    one.arm(key, false);
                    one.arm(key, false);
                }
                case ARM_IN_CALLBACK -> one.arm(key, true);
                case ARM_AND_CANCEL -> {
                    one.arm(key, false);
                    one.deferral.cancel();
                }
                case CANCEL_IDLE -> one.deferral.cancel();
                case ARM_ALL -> {
                    for (int i = 0; i < ServiceModel.DEFERRALS; i++) {
                        int slot = (defer.slot() + i) % ServiceModel.DEFERRALS;
                        deferrals.get(slot).arm(new Key(Key.What.DEFERRAL, at, Integer.toString(slot)), false);
                    }
                }
            }
        });
        settleTwice();
    }

    void bell(int at, Op.Bell bell) throws Exception {
        LoggedBell one = bells.get(bell.slot());
        switch (bell.use()) {
            case CREATE -> bells.put(bell.slot(), new LoggedBell());
            case RING, RING_CLOSED -> one.ring(at);
            case RING_TWICE -> {
                one.ring(at);
                one.ring(at);
            }
            case RING_ON_LOOP -> onLoop(() -> one.ring(at));
            case CLOSE_IN_CALLBACK -> {
                one.closeWhenRung = true;
                one.ring(at);
            }
            case CLOSE_RUNG -> onLoop(() -> {
                one.ring(at);
                one.bell.close();
            });
            case CLOSE -> onLoop(one.bell::close);
        }
        settleTwice();
    }

    void source(int at, Op.Source source) throws Exception {
        if (source.use() == Op.SourceUse.ADD || source.use() == Op.SourceUse.ADD_WITH_WORK) {
            sources.put(source.slot(), new LoggedSource(log, at));
        }
        LoggedSource one = sources.get(source.slot());
        switch (source.use()) {
            case ADD -> add(at, one);
            case ADD_WITH_WORK -> {
                one.arrive(at);
                add(at, one);
            }
            case WORK -> one.arrive(at);
            case UNSEEN_WORK -> {
                onLoop(one::beginUnseen);
                one.arriveUnseen(at);
            }
            case REMOVE -> remove(sources.remove(source.slot()));
        }
        if (source.use() != Op.SourceUse.REMOVE) {
            settleTwice();
            awaitArmed(Key.of(Key.What.SOURCE_ARMED, at));
        }
    }

    /** A loop that is not pinned goes to sleep: before the next operation keeps it awake. */
    private void awaitArmed(Key key) throws InterruptedException {
        if (pins == 0) {
            log.await(() -> log.sum(key) > 0);
        }
    }

    private void add(int at, LoggedSource source) throws Exception {
        onLoop(() -> {
            source.added(true);
            source.pinned(pins > 0);
            if (pins == 0) {
                source.sayArmed(Key.of(Key.What.SOURCE_ARMED, at));
            }
            source.sayPolled(Key.of(Key.What.SOURCE_POLLED, at));
            stage.front().addSource(source);
        });
    }

    private void remove(LoggedSource source) throws Exception {
        onLoop(() -> {
            if (!stage.front().removeSource(source)) {
                throw new AssertionError("the source was not there");
            }
            source.added(false);
        });
        settleTwice();
        source.dispose();
    }

    void pin(int at) throws Exception {
        onLoop(() -> {
            stage.front().pin();
            pins++;
            sources.values().forEach(source -> source.pinned(true));
            sayPolled(at);
        });
        stage.settleFront(1);
    }

    void unpin(int at) throws Exception {
        onLoop(() -> {
            stage.front().unpin();
            pins--;
            sources.forEach((slot, source) -> {
                source.pinned(pins > 0);
                if (pins == 0) {
                    source.sayArmed(ServiceModel.sourceKey(Key.What.SOURCE_ARMED, at, slot));
                }
            });
        });
        for (int slot : sources.keySet()) {
            awaitArmed(ServiceModel.sourceKey(Key.What.SOURCE_ARMED, at, slot));
        }
    }

    private void sayPolled(int at) {
        sources.forEach((slot, source) -> source.sayPolled(ServiceModel.sourceKey(Key.What.SOURCE_POLLED, at, slot)));
    }

    void hooks(int at, boolean on) throws Exception {
        onLoop(() -> {
            if (on) {
                hooks = new LoggedHooks(at);
            } else {
                hooks.on = false;
                hooks = null;
            }
            stage.front().setHooks(hooks);
        });
    }

    /** A window begins. */
    void quiesce(int at) throws Exception {
        onLoop(() -> {
            if (pins > 0) {
                sayPolled(at);
            }
            if (hooks != null) {
                hooks.await(at);
            }
        });
    }

    /** A window ends: a loop that has gone to sleep in it is woken. */
    void endWindow(int at) throws Exception {
        Key asleep = new Key(Key.What.HOOK, at, "beforeSleep");
        if (hooks != null && pins == 0 && log.await(() -> log.sum(asleep) > 0)) {
            stage.settleFront(1);
        }
    }

    private void onLoop(LoopTask task) throws Exception {
        stage.onFront(() -> {
            task.run();
            return null;
        });
    }

    /** What a callback armed has its turn too. */
    private void settleTwice() throws Exception {
        stage.settleFront(2);
    }
}
