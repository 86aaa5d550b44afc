package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Transport;
import java.util.List;

/** The generator's JVM. Arguments: transport, CPU to pin its one loop to (or "-"). Then orders on stdin, answers on stdout. */
public final class LoadMain {
    private LoadMain() { }

    public static void main(String[] args) {
        ParentLink parent = ParentLink.open();
        Transport transport = Transport.named(args[0]);
        List<Integer> cpus = CpuArgument.read(args[1]);
        if (transport.netty() == Transport.Netty.NONE) {
            parent.say(Role.LOAD, ControlLine.of("ready", "netty", OncrpcServer.version()));
            new LoadOrders(parent, new OncrpcLoad(cpus)).obey();
            return;
        }
        TransportLoops loops;
        try {
            loops = TransportLoops.openAwake(transport, cpus);
        } catch (TransportLoops.Unavailable e) {
            parent.say(Role.LOAD, ControlLine.of("unavailable", "reason", e.getMessage()));
            return;
        }
        parent.say(Role.LOAD, ReadyLine.of(loops));
        new LoadOrders(parent, new NettyLoad(LoadLoops.alone(loops))).obey();
    }
}
