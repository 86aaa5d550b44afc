package io.evpl.examples.perf.child;

import io.evpl.examples.perf.memory.MemoryReading;
import io.evpl.examples.perf.scenario.Scenario;

/** What a server is told, one order after the other. */
final class ServerOrders {
    private final ParentLink parent;
    private final ServedRound.Source source;
    private final boolean ours;
    private ServedRound round;

    /** @param ours whether it serves on evpl */
    ServerOrders(ParentLink parent, ServedRound.Source source, boolean ours) {
        this.parent = parent;
        this.source = source;
        this.ours = ours;
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
                round = source.open(Scenario.fromFields(order.fields()), order.text("place"));
                yield ControlLine.of("listening", "place", round.place());
            }
            case "mark" -> round.mark();
            case "memory" -> new ControlLine("holds", MemoryReading.collected(ours).toFields());
            case "unlisten" -> {
                round.close();
                yield ControlLine.of("closed");
            }
            default -> ControlLine.of("refused", "reason", "unknown order " + order.word());
        };
    }
}
