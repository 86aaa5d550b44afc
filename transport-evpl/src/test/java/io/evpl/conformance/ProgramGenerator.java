package io.evpl.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Programs from seeds: the same seed and length always give the same program. */
final class ProgramGenerator {
    private static final int TIMER_SLOTS = 4;
    private static final int BELL_SLOTS = 2;
    private static final int SOURCE_SLOTS = 2;
    private static final int CONNECTION_SLOTS = 2;
    /** Of what is drawn, most is refused in an early state of the program. */
    private static final int MAX_DRAWS = 10_000;

    private final Random random;
    private final Traits traits;

    private ProgramGenerator(long seed, Traits traits) {
        random = new Random(seed * 0x9E3779B97F4A7C15L); // neighbouring seeds begin alike otherwise
        this.traits = traits;
    }

    /** @param length operations before the end's */
    static Program generate(long seed, int length, Traits traits) {
        return new Program("seed " + seed + ", length " + length, new ProgramGenerator(seed, traits).generate(length));
    }

    private List<Op> generate(int length) {
        Model model = new Model(traits);
        List<Op> ops = new ArrayList<>();
        for (int draws = 0; ops.size() < length; draws++) {
            if (draws == MAX_DRAWS) {
                throw new AssertionError("nothing is allowed after\n" + OpText.format(ops));
            }
            Op op = draw();
            if (model.allows(op)) {
                add(op, ops, model);
            }
        }
        for (Op op : ProgramEnd.after(model)) {
            add(op, ops, model);
        }
        return ops;
    }

    private static void add(Op op, List<Op> ops, Model model) {
        model.apply(ops.size(), op);
        ops.add(op);
    }

    private Op draw() {
        return switch (random.nextInt(20)) {
            case 0, 1 -> drawTime();
            case 2, 3, 4 -> drawTimer();
            case 5 -> new Op.Defer(random.nextInt(ServiceModel.DEFERRALS), any(Op.DeferralUse.values()));
            case 6 -> new Op.Bell(random.nextInt(BELL_SLOTS), any(Op.BellUse.values()));
            case 7 -> new Op.Source(random.nextInt(SOURCE_SLOTS), any(Op.SourceUse.values()));
            case 8 -> drawPinOrHooks();
            case 9, 10, 11, 12 -> drawBeginning();
            case 13, 14, 15, 16, 17 -> drawSend();
            case 18 -> random.nextBoolean() ? new Op.Pause(connection(), side()) : new Op.Resume(connection(), side());
            case 19 -> drawEnd();
            default -> throw new AssertionError();
        };
    }

    private Op drawTime() {
        return random.nextInt(3) == 0 ? new Op.Advance(1 + random.nextInt(40)) : new Op.Quiesce(any(Op.WINDOW_MS));
    }

    private Op drawTimer() {
        int slot = random.nextInt(TIMER_SLOTS);
        return switch (random.nextInt(5)) {
            case 0 -> new Op.RemoveTimer(slot);
            case 1 -> new Op.RearmTimer(slot, any(Op.DELAY_MS));
            default -> {
                Op.TimerUse use = any(Op.TimerUse.values());
                yield new Op.ArmTimer(slot, use, any(use.repeats() ? Op.INTERVAL_MS : Op.DELAY_MS));
            }
        };
    }

    private Op drawPinOrHooks() {
        return switch (random.nextInt(8)) {
            case 0 -> new Op.Pin(); // takes a core
            case 1, 2, 3 -> new Op.Unpin();
            default -> new Op.Hooks(random.nextBoolean());
        };
    }

    private Op drawBeginning() {
        return switch (random.nextInt(12)) {
            case 0 -> new Op.StopListen();
            case 1 -> new Op.ConnectRefused();
            case 2, 3 -> new Op.Listen();
            default -> new Op.Connect(connection(), any(Op.Loops.values()), any(Op.Drain.values()), any(Op.Drain.values()),
                    random.nextInt(4) == 0, any(Op.Greeting.values()));
        };
    }

    private Op drawSend() {
        return new Op.Send(connection(), side(), any(Op.PAYLOAD_BYTES), any(Op.BufferKind.values()),
                any(Op.WriteStyle.values()));
    }

    private Op drawEnd() {
        return switch (random.nextInt(5)) {
            case 0, 1 -> new Op.Close(connection(), side());
            case 2 -> new Op.Finish(connection(), side());
            case 3 -> new Op.HalfClose(connection(), side());
            case 4 -> new Op.Reset(connection(), side());
            default -> throw new AssertionError();
        };
    }

    private int connection() {
        return random.nextInt(CONNECTION_SLOTS);
    }

    private Side side() {
        return any(Side.values());
    }

    private <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private <T> T any(T[] choices) {
        return choices[random.nextInt(choices.length)];
    }
}
