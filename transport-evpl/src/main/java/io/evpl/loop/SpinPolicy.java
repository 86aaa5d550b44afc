package io.evpl.loop;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long an idle loop looks before it sleeps.
 *
 * <p>A sleeping thread is woken by an interrupt, which on a virtual machine costs more than a whole echo does; spinning
 * for as long saves it. It pays only while work comes soon after work, and only on a core that nobody else wants. So the
 * policy spins after it has seen gaps that spinning would have bridged, stops when it spun in vain, waits longer
 * before each further trial that fails, pauses when the scheduler gave much of the core to somebody else meanwhile, and does not
 * begin unless a core is left for whoever makes the work. That may be another of our loops, which has its core and is counted
 * already ({@link #workFromNeighbour}); otherwise one more core than loops are awake is wanted. An idle loop is out of it after
 * one vain spin: it sleeps until work comes.
 */
public final class SpinPolicy {
    /** Always spin, never sleep. */
    public static final long ALWAYS = -1;
    /**
     * A gap seen while sleeping contains the loop's own wake-up and its peer's reaction to the slowness: it may be this
     * many times the limit and still be worth a trial.
     */
    private static final int SLEEPING_GAP_FACTOR = 4;
    /** Short gaps in a row before a trial, at first and at most. */
    private static final int FIRST_TRIAL_AFTER = 4;
    private static final int LAST_TRIAL_AFTER = 4096;
    /** Vain spins in a row that end spinning. */
    private static final int VAIN_SPINS = 3;
    /** Two looks at the clock this far apart: the scheduler ran somebody else on this core (or a safepoint stopped us). */
    private static final long STOLEN_NS = 100_000;
    /** A core of which so much is taken in so short a time is wanted by others; less is a compiler thread or an interrupt. */
    private static final long STOLEN_LIMIT_NS = 5_000_000;
    private static final long STOLEN_WINDOW_NS = 50_000_000;
    /** No spinning for so long after that; twice as long each time it happens again soon after, up to the most. */
    private static final long FIRST_PAUSE_NS = 20_000_000;
    private static final long LAST_PAUSE_NS = 2_000_000_000;
    /** Looks at shared memory between two looks at the clock, which costs as much as several of them. */
    private static final int LOOKS_PER_CLOCK = 4;

    /** Loops of this process that are not asleep. */
    private static final AtomicInteger AWAKE = new AtomicInteger();

    private final AtomicInteger allAwake;
    private final LoopClock clock;
    private long limitNs;
    private final int cores;
    private boolean spinning;
    private boolean fromNeighbour;
    private int shortGaps;
    private int trialAfter = FIRST_TRIAL_AFTER;
    private int vainSpins;
    private long idleSinceNs;
    private long stolenNs;
    private long stolenSinceNs;
    private long pauseNs;
    private long pausedUntilNs;
    private boolean spinsByTurns;
    private long turnsBeganNs;
    private long spins;
    private long spinHits;
    private long spinNs;

    /** @param limitNs longest spin, 0 for none, {@link #ALWAYS} */
    public SpinPolicy(LoopClock clock, long limitNs, int cores) {
        this(AWAKE, clock, limitNs, cores);
    }

    SpinPolicy(AtomicInteger allAwake, LoopClock clock, long limitNs, int cores) {
        this.allAwake = allAwake;
        this.clock = clock;
        this.limitNs = limitNs;
        this.cores = cores;
    }

    /** Another limit: what it has learned with the last is forgotten, what it has counted is not. */
    public void limit(long newLimitNs) {
        limitNs = newLimitNs;
        spinsByTurns = false;
        trialAfter = FIRST_TRIAL_AFTER;
        stop();
    }

    /** Whether the loop should look on for a while instead of sleeping. */
    public boolean shouldSpin() {
        if (limitNs == ALWAYS || !spinning) {
            return limitNs == ALWAYS;
        }
        int awake = allAwake.get();
        return awake < cores || fromNeighbour && awake == cores && awake > 1; // of a single core the neighbour has need
    }

    /** Work came from another loop of this process, and the next is expected from there; holds until this loop is idle. */
    public void workFromNeighbour() {
        fromNeighbour = true;
    }

    /**
     * Looks for work until some is there or the time is up.
     *
     * @param found      looks; reads memory only where the backend can
     * @param deadlineNs clock time at which a timer is due, {@link Long#MAX_VALUE} for none
     * @return whether there is work, or a timer due
     */
    public boolean spin(Work found, long deadlineNs) {
        long beginNs = clock.nanoTime();
        long endNs = limitNs == ALWAYS ? Long.MAX_VALUE : beginNs + limitNs;
        long lastNs = beginNs;
        fromNeighbour = false;
        spins++;
        for (int look = 0; !found.isThere(); look++) {
            Thread.onSpinWait();
            if (look % LOOKS_PER_CLOCK == 0) {
                long nowNs = clock.nanoTime();
                spinNs += nowNs - lastNs;
                if (nowNs - lastNs > STOLEN_NS && limitNs != ALWAYS && isContended(nowNs, nowNs - lastNs)) {
                    pause(nowNs);
                    return found.isThere();
                }
                lastNs = nowNs;
                if (nowNs >= deadlineNs) {
                    return true;
                }
                if (nowNs >= endNs) {
                    spunInVain();
                    return false;
                }
            }
        }
        spunWell();
        return true;
    }

    /**
     * As {@link #spin}, for a loop of somebody else's, which goes on turning: each of its turns is a look, and this one found
     * nothing. That others want the core is not seen: the time between two turns may be the host's own work.
     *
     * @return whether the next turn should look as well
     */
    public boolean spinsOn() {
        if (!shouldSpin()) {
            return false;
        }
        long nowNs = clock.nanoTime();
        if (!spinsByTurns) {
            spinsByTurns = true;
            turnsBeganNs = nowNs;
            spins++;
        }
        if (limitNs == ALWAYS || nowNs - turnsBeganNs < limitNs) {
            return true;
        }
        spinsByTurns = false;
        spinNs += nowNs - turnsBeganNs;
        spunInVain();
        return false;
    }

    /** A turn of somebody else's loop found work. */
    public void foundByTurn() {
        if (spinsByTurns) {
            spinsByTurns = false;
            spunWell();
        }
    }

    private void spunWell() {
        spinHits++;
        vainSpins = 0;
        trialAfter = FIRST_TRIAL_AFTER;
    }

    private void spunInVain() {
        if (++vainSpins >= VAIN_SPINS) {
            stop();
            trialAfter = Math.min(trialAfter * 2, LAST_TRIAL_AFTER);
        }
    }

    private void stop() {
        spinning = false;
        shortGaps = 0;
        vainSpins = 0;
    }

    private boolean isContended(long nowNs, long takenNs) {
        if (nowNs - stolenSinceNs > STOLEN_WINDOW_NS) {
            stolenSinceNs = nowNs - takenNs;
            stolenNs = 0;
        }
        stolenNs += takenNs;
        return stolenNs > STOLEN_LIMIT_NS;
    }

    /** Somebody else wants this core: a spinner would only use up its share of it, and then be late with its work. */
    private void pause(long nowNs) {
        boolean soonAfter = nowNs - pausedUntilNs < pauseNs;
        pauseNs = soonAfter ? Math.min(pauseNs * 2, LAST_PAUSE_NS) : FIRST_PAUSE_NS;
        pausedUntilNs = nowNs + pauseNs;
        stop();
    }

    /** The loop is about to sleep. */
    public void beforeSleep() {
        allAwake.decrementAndGet();
        fromNeighbour = false;
        idleSinceNs = limitNs > 0 ? clock.nanoTime() : 0;
    }

    /** The loop slept. @param worked whether it was work that woke it, not a timer */
    public void afterSleep(boolean worked) {
        allAwake.incrementAndGet();
        if (limitNs <= 0 || spinning) {
            return;
        }
        long nowNs = clock.nanoTime();
        if (worked && nowNs - idleSinceNs < limitNs * SLEEPING_GAP_FACTOR && (pauseNs == 0 || nowNs >= pausedUntilNs)) {
            if (++shortGaps >= trialAfter) {
                spinning = true;
                shortGaps = 0;
            }
        } else {
            shortGaps = 0;
        }
    }

    /** The loop's thread begins. */
    public void started() {
        allAwake.incrementAndGet();
    }

    /** The loop's thread ends. */
    public void stopped() {
        allAwake.decrementAndGet();
    }

    /** Spins so far, and how many of them found work. */
    public long spins() {
        return spins;
    }

    public long spinHits() {
        return spinHits;
    }

    /** Time spent spinning, up to the last look at the clock of each spin. */
    public long spinNs() {
        return spinNs;
    }

    /** What a spinning loop looks for. */
    @FunctionalInterface
    public interface Work {
        boolean isThere();
    }
}
