package io.evpl.rpc2;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Between one client and a server: loses some of the datagrams in each direction, always the same ones for a seed. */
final class LossyRelay implements AutoCloseable {
    private final DatagramSocket front = new DatagramSocket(TestTransport.ANY_PORT);
    private final DatagramSocket back = new DatagramSocket(TestTransport.ANY_PORT);
    private final AtomicInteger lost = new AtomicInteger();
    private final int lossPercent;
    private volatile InetSocketAddress client;

    LossyRelay(InetSocketAddress server, int lossPercent, long seed) throws SocketException {
        this.lossPercent = lossPercent;
        Thread.ofPlatform().daemon().start(() -> relay(front, back, new Random(seed), true, server));
        Thread.ofPlatform().daemon().start(() -> relay(back, front, new Random(~seed), false, null));
    }

    InetSocketAddress address() {
        return (InetSocketAddress) front.getLocalSocketAddress();
    }

    int lost() {
        return lost.get();
    }

    private void relay(DatagramSocket from, DatagramSocket to, Random random, boolean inward, InetSocketAddress server) {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        try {
            while (true) {
                packet.setLength(65_536);
                from.receive(packet);
                if (inward) {
                    client = (InetSocketAddress) packet.getSocketAddress();
                }
                if (random.nextInt(100) < lossPercent) {
                    lost.incrementAndGet();
                } else {
                    to.send(new DatagramPacket(packet.getData(), packet.getLength(), inward ? server : client));
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    @Override
    public void close() {
        front.close();
        back.close();
    }
}
