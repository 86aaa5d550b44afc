package io.evpl.examples.perf.child;

import io.evpl.examples.perf.scenario.Transport;
import java.util.List;

/**
 * The server JVM, which is also the load's in rows that do not leave it. Arguments: transport, loops, CPUs to pin them to (comma list,
 * or "-"), CPU for the loop of a load within (or "-"). Then orders on stdin, answers on stdout.
 */
public final class ServerMain {
    private ServerMain() { }

    public static void main(String[] args) throws Exception {
        ParentLink parent = ParentLink.open();
        Transport transport = Transport.named(args[0]);
        if (transport.netty() == Transport.Netty.NONE) {
            OncrpcServer.run(parent, Integer.parseInt(args[1]), CpuArgument.read(args[2]));
            return;
        }
        TransportLoops loops;
        try {
            loops = TransportLoops.open(transport, Integer.parseInt(args[1]), CpuArgument.read(args[2]));
        } catch (TransportLoops.Unavailable e) {
            parent.say(Role.SERVER, ControlLine.of("unavailable", "reason", e.getMessage()));
            return;     // event loops already started may keep the JVM: the parent closes our input
        }
        List<Integer> loadCpus = CpuArgument.read(args[3]);
        LoopsWithin within = new LoopsWithin(loops, () -> TransportLoops.open(transport, 1, loadCpus));
        Thread.ofPlatform().daemon().name("load orders").start(() -> new LoadOrders(parent, new NettyLoad(within)).obey());
        parent.say(Role.SERVER, ReadyLine.of(loops));
        new ServerOrders(parent, (scenario, place) -> Listening.open(within, scenario, place), transport.ours()).obey();
    }
}
