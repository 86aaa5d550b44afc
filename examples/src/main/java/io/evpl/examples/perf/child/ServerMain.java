package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Scenario;
import io.evpl.examples.perf.scenario.Transport;

/** The server JVM. Arguments: transport, loops, CPUs to pin them to (comma list, or "-"). Then orders on stdin, answers on stdout. */
public final class ServerMain {
    private ServerMain() { }

    public static void main(String[] args) throws Exception {
        ParentLink parent = ParentLink.open();
        TransportLoops loops;
        try {
            loops = TransportLoops.open(Transport.named(args[0]), Integer.parseInt(args[1]), CpuArgument.read(args[2]));
        } catch (TransportLoops.Unavailable e) {
            parent.say(ControlLine.of("unavailable", "reason", e.getMessage()));
            return;     // event loops already started may keep the JVM: the parent closes our input
        }
        parent.say(ControlLine.of("ready", "netty", TransportLoops.nettyVersion()));
        serve(parent, loops);
    }

    private static void serve(ParentLink parent, TransportLoops loops) throws InterruptedException {
        Listening listening = null;
        while (true) {
            ControlLine order = parent.nextOrder();
            try {
                switch (order.word()) {
                    case "listen" -> {
                        listening = Listening.open(loops, Scenario.fromFields(order.fields()));
                        parent.say(ControlLine.of("listening", "port", listening.port()));
                    }
                    case "mark" -> parent.say(listening.mark());
                    case "unlisten" -> {
                        listening.close();
                        parent.say(ControlLine.of("closed"));
                    }
                    default -> parent.say(ControlLine.of("refused", "reason", "unknown order " + order.word()));
                }
            } catch (Exception e) {
                parent.say(ControlLine.of("refused", "reason", order.word() + ": " + e));
            }
        }
    }
}
