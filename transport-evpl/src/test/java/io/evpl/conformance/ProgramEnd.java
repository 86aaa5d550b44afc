package io.evpl.conformance;

import java.util.ArrayList;
import java.util.List;

/** Takes back all that a program has made. */
final class ProgramEnd {
    private static final int LAST_WINDOW_MS = 10;

    private ProgramEnd() {
    }

    /** @return operations, to follow those that {@code model} has seen */
    static List<Op> after(Model model) {
        List<Op> ops = new ArrayList<>();
        model.time().slots().forEach(slot -> ops.add(new Op.RemoveTimer(slot)));
        model.services().openBells().forEach(slot -> ops.add(new Op.Bell(slot, Op.BellUse.CLOSE)));
        model.services().sources().forEach(slot -> ops.add(new Op.Source(slot, Op.SourceUse.REMOVE)));
        for (int i = 0; i < model.services().pins(); i++) {
            ops.add(new Op.Unpin());
        }
        if (model.services().isHooked()) {
            ops.add(new Op.Hooks(false));
        }
        closeConnections(model.connections(), ops);
        ops.add(new Op.Quiesce(LAST_WINDOW_MS));
        return ops;
    }

    private static void closeConnections(ConnectionModel connections, List<Op> ops) {
        for (int slot : connections.slots()) {
            for (Side side : Side.values()) {
                if (connections.isPaused(slot, side)) {
                    ops.add(new Op.Resume(slot, side));
                }
            }
        }
        if (connections.slots().iterator().hasNext()) {
            ops.add(new Op.Quiesce(LAST_WINDOW_MS));
        }
        connections.slots().forEach(slot -> ops.add(new Op.Close(slot, Side.CLIENT)));
        if (connections.isListening()) {
            ops.add(new Op.StopListen());
        }
    }
}
