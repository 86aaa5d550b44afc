package io.evpl.rpc2.check;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Serves conformance.x over TCP and UDP with blocking sockets: right in all, or wrong in one way. */
final class PlainServer implements AutoCloseable {
    private static final int FEW = 100; // fragments

    private final Fault fault;
    private final PlainDispatch dispatch;
    private final ServerSocket listener;
    private final DatagramSocket datagrams;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** @param fault null: none */
    PlainServer(Fault fault) throws IOException {
        this.fault = fault;
        dispatch = new PlainDispatch(fault);
        listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        datagrams = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("plain-accept").start(this::acceptAll);
        Thread.ofPlatform().daemon().name("plain-datagrams").start(this::serveDatagrams);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    InetSocketAddress datagramAddress() {
        return (InetSocketAddress) datagrams.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        datagrams.close();
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofPlatform().daemon().name("plain").start(() -> serve(socket));
            }
        } catch (IOException e) {
            assert listener.isClosed() : e;
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            while (true) {
                byte[] reply = dispatch.answer(record(in));
                if (reply != null) {
                    out.write(RecordBytes.whole(reply));
                }
            }
        } catch (EOFException | SocketException | PlainDispatch.Close e) {
            open.remove(socket);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] record(DataInputStream in) throws IOException, PlainDispatch.Close {
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        for (int fragments = 1; ; fragments++) {
            int mark = in.readInt();
            int length = mark & Integer.MAX_VALUE;
            boolean last = mark < 0;
            boolean limited = length + (long) record.size() > CheckOptions.CONFORMANCE_LIMIT_BYTES;
            if (limited && fault != Fault.HUGE_RECORD_AWAITED && fault != Fault.RECORDS_WITHOUT_LIMIT
                    || !last && (fault == Fault.ONE_FRAGMENT_ONLY || fault == Fault.FEW_FRAGMENTS_ONLY && fragments > FEW)
                    || length == 0 && !last && fault == Fault.EMPTY_FRAGMENT_CLOSES) {
                throw new PlainDispatch.Close();
            }
            readInto(record, in, length);
            if (last && record.size() == 0 && fault == Fault.EMPTY_RECORD_IGNORED) {
                fragments = 0;
            } else if (last) {
                return record.toByteArray();
            }
        }
    }

    private void readInto(ByteArrayOutputStream record, DataInputStream in, int length) throws IOException {
        for (int i = 0; i < length; i++) {
            int next = in.read();
            if (next < 0) {
                if (fault == Fault.STOPS_WHEN_LEFT) {
                    listener.close();
                }
                throw new EOFException();
            }
            record.write(next);
        }
    }

    private void serveDatagrams() {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        try {
            while (true) {
                packet.setLength(65_535);
                datagrams.receive(packet);
                answer(packet);
            }
        } catch (IOException e) {
            assert datagrams.isClosed() : e;
        }
    }

    private void answer(DatagramPacket packet) throws IOException {
        try {
            byte[] reply = dispatch.answer(Arrays.copyOf(packet.getData(), packet.getLength()));
            if (reply != null) {
                datagrams.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
            }
        } catch (PlainDispatch.Close e) {
            // Nothing to close: the datagram is dropped.
        }
    }
}
