package io.evpl.rpc2.check;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.util.Arrays;

/** Calls as datagrams, each sent once. */
final class UdpWire implements Wire {
    private static final int MAX_DATAGRAM_BYTES = 65_535;

    private final DatagramSocket socket = new DatagramSocket();

    UdpWire(InetSocketAddress address, int patienceMs) throws IOException {
        try {
            socket.connect(address);
            socket.setSoTimeout(patienceMs);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public void send(byte[] bytes, Delivery delivery) throws IOException {
        socket.send(new DatagramPacket(bytes, bytes.length));
    }

    @Override
    public Outcome receive() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM_BYTES], MAX_DATAGRAM_BYTES);
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException e) {
            return Outcome.of(Outcome.Kind.SILENCE);
        } catch (PortUnreachableException e) {
            return Outcome.of(Outcome.Kind.CLOSED);
        }
        return Outcome.ofReply(Arrays.copyOf(packet.getData(), packet.getLength()));
    }

    @Override
    public void leave() {
        // Nobody is told that a sender of datagrams went.
    }

    @Override
    public boolean isStream() {
        return false;
    }

    @Override
    public void close() {
        socket.close();
    }
}
