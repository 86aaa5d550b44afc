package io.evpl.examples.perf.child;

import io.evpl.examples.perf.memory.MemoryReading;
import io.evpl.examples.perf.scenario.Scenario;

/** What a server is told, one order after the other. */
final class ServerOrders {
    private final ParentLink parent;
    private final LoopsWithin loops;
    private Listening listening;

    ServerOrders(ParentLink parent, LoopsWithin loops) {
        this.parent = parent;
        this.loops = loops;
    }

    /** As long as the parent lives. */
    void obey() throws InterruptedException {
        while (true) {
            ControlLine order = parent.nextOrder(Role.SERVER);
            try {
                parent.say(Role.SERVER, obey(order));
            } catch (Exception e) {
                parent.say(Role.SERVER, ControlLine.of("refused", "reason", order.word() + ": " + e));
            }
        }
    }

    private ControlLine obey(ControlLine order) throws Exception {
        return switch (order.word()) {
            case "listen" -> {
                listening = Listening.open(loops, Scenario.fromFields(order.fields()), order.text("place"));
                yield ControlLine.of("listening", "place", listening.place());
            }
            case "mark" -> listening.mark();
            case "memory" -> new ControlLine("holds", MemoryReading.collected(loops.server().transport.ours()).toFields());
            case "unlisten" -> {
                listening.close();
                yield ControlLine.of("closed");
            }
            default -> ControlLine.of("refused", "reason", "unknown order " + order.word());
        };
    }
}
