package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Transport;

/** The generator's JVM. Arguments: transport, CPU to pin its one loop to (or "-"). Then orders on stdin, answers on stdout. */
public final class LoadMain {
    private LoadMain() { }

    public static void main(String[] args) {
        ParentLink parent = ParentLink.open();
        TransportLoops loops;
        try {
            loops = TransportLoops.openAwake(Transport.named(args[0]), CpuArgument.read(args[1]));
        } catch (TransportLoops.Unavailable e) {
            parent.say(Role.LOAD, ControlLine.of("unavailable", "reason", e.getMessage()));
            return;
        }
        parent.say(Role.LOAD, ReadyLine.of(loops));
        new LoadOrders(parent, new NettyLoad(LoadLoops.alone(loops))).obey();
    }
}
