package io.evpl.rpc2.pcap;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;

/**
 * A capture file of IP packets, in the classic format with nanoseconds. Any thread may write; each packet is there whole.
 *
 * @see <a href="https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html">PCAP capture file format</a>
 */
public final class PcapFile implements Closeable {
    private static final int MAGIC_NANOSECONDS = 0xA1B2_3C4D;
    private static final int FILE_HEADER_BYTES = 24;
    private static final int PACKET_HEADER_BYTES = 16;
    /** LINKTYPE_RAW: the packet begins with its IP header. */
    private static final int RAW_IP = 101;
    private static final int MAX_PACKET_BYTES = 65_535;

    private final OutputStream out;
    private final Clock clock;
    private final ByteBuffer header = ByteBuffer.allocate(FILE_HEADER_BYTES).order(ByteOrder.BIG_ENDIAN);
    private boolean closed;

    /** Makes the file, or empties the one that is there. */
    public PcapFile(Path file) throws IOException {
        this(file, Clock.systemUTC());
    }

    PcapFile(Path file, Clock clock) throws IOException {
        this.clock = clock;
        out = new BufferedOutputStream(Files.newOutputStream(file));
        // Version 2.4, times in UTC, as exact as they come.
        header.putInt(MAGIC_NANOSECONDS).putShort((short) 2).putShort((short) 4).putInt(0).putInt(0).putInt(MAX_PACKET_BYTES).putInt(RAW_IP);
        out.write(header.array(), 0, FILE_HEADER_BYTES);
    }

    /** Adds a packet with the time of now; after {@link #close} it does nothing. */
    synchronized void add(byte[] packet) {
        if (closed) {
            return;
        }
        Instant now = clock.instant();
        header.clear().putInt((int) now.getEpochSecond()).putInt(now.getNano()).putInt(packet.length).putInt(packet.length);
        try {
            out.write(header.array(), 0, PACKET_HEADER_BYTES);
            out.write(packet);
        } catch (IOException e) {
            throw new UncheckedIOException("a capture file cannot be written", e);
        }
    }

    /** Writes what is still in memory. */
    public synchronized void flush() throws IOException {
        if (!closed) {
            out.flush();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            out.close();
        }
    }
}
