package io.evpl.linux.socket;

import io.evpl.linux.NativeAddress;

import java.lang.foreign.Arena;
import java.util.Arrays;

/**
 * What the kernel knows of a TCP connection: struct tcp_info up to tcpi_total_retrans, which every kernel has. One
 * object can be filled again and again. Accessors are named after the struct's fields; times are in microseconds where
 * the kernel's are ({@link #rto}, {@link #ato}, {@link #rtt}, {@link #rttvar}, {@link #rcvRtt}), the {@code last...} ones
 * in milliseconds.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7), TCP_INFO</a>
 */
public final class TcpInfo {
    /** Bytes of struct tcp_info that are read. */
    public static final int BYTES = 104;

    private static final int STATE = 0;
    private static final int CA_STATE = 1;
    private static final int RETRANSMITS = 2;
    private static final int PROBES = 3;
    private static final int BACKOFF = 4;
    private static final int OPTIONS = 5;
    /** Two bit fields: tcpi_snd_wscale in the lower 4 bits, tcpi_rcv_wscale in the upper. */
    private static final int WSCALE = 6;
    private static final int RTO = 8;
    private static final int ATO = 12;
    private static final int SND_MSS = 16;
    private static final int RCV_MSS = 20;
    private static final int UNACKED = 24;
    private static final int SACKED = 28;
    private static final int LOST = 32;
    private static final int RETRANS = 36;
    private static final int FACKETS = 40;
    private static final int LAST_DATA_SENT = 44;
    private static final int LAST_ACK_SENT = 48;
    private static final int LAST_DATA_RECV = 52;
    private static final int LAST_ACK_RECV = 56;
    private static final int PMTU = 60;
    private static final int RCV_SSTHRESH = 64;
    private static final int RTT = 68;
    private static final int RTTVAR = 72;
    private static final int SND_SSTHRESH = 76;
    private static final int SND_CWND = 80;
    private static final int ADVMSS = 84;
    private static final int REORDERING = 88;
    private static final int RCV_RTT = 92;
    private static final int RCV_SPACE = 96;
    private static final int TOTAL_RETRANS = 100;

    private final byte[] info = new byte[BYTES];

    /** Fills this object for the connection {@code fd}. @return 0, or -errno; then all is 0 */
    public int read(int fd) {
        Arrays.fill(info, (byte) 0);
        try (Arena arena = Arena.ofConfined()) {
            long address = NativeAddress.allocate(arena, BYTES);
            int bytes = SocketOptions.getBytes(fd, SocketOptions.IPPROTO_TCP, SocketOptions.TCP_INFO, address, BYTES);
            if (bytes < 0) {
                return bytes;
            }
            NativeAddress.copyOut(address, info, 0, Math.min(bytes, BYTES));
            return 0;
        }
    }

    public int state() {
        return u8(STATE);
    }

    public int caState() {
        return u8(CA_STATE);
    }

    public int retransmits() {
        return u8(RETRANSMITS);
    }

    public int probes() {
        return u8(PROBES);
    }

    public int backoff() {
        return u8(BACKOFF);
    }

    public int options() {
        return u8(OPTIONS);
    }

    public int sndWscale() {
        return u8(WSCALE) & 0xf;
    }

    public int rcvWscale() {
        return u8(WSCALE) >> 4;
    }

    public long rto() {
        return u32(RTO);
    }

    public long ato() {
        return u32(ATO);
    }

    public long sndMss() {
        return u32(SND_MSS);
    }

    public long rcvMss() {
        return u32(RCV_MSS);
    }

    public long unacked() {
        return u32(UNACKED);
    }

    public long sacked() {
        return u32(SACKED);
    }

    public long lost() {
        return u32(LOST);
    }

    public long retrans() {
        return u32(RETRANS);
    }

    public long fackets() {
        return u32(FACKETS);
    }

    public long lastDataSent() {
        return u32(LAST_DATA_SENT);
    }

    public long lastAckSent() {
        return u32(LAST_ACK_SENT);
    }

    public long lastDataRecv() {
        return u32(LAST_DATA_RECV);
    }

    public long lastAckRecv() {
        return u32(LAST_ACK_RECV);
    }

    public long pmtu() {
        return u32(PMTU);
    }

    public long rcvSsthresh() {
        return u32(RCV_SSTHRESH);
    }

    public long rtt() {
        return u32(RTT);
    }

    public long rttvar() {
        return u32(RTTVAR);
    }

    public long sndSsthresh() {
        return u32(SND_SSTHRESH);
    }

    public long sndCwnd() {
        return u32(SND_CWND);
    }

    public long advmss() {
        return u32(ADVMSS);
    }

    public long reordering() {
        return u32(REORDERING);
    }

    public long rcvRtt() {
        return u32(RCV_RTT);
    }

    public long rcvSpace() {
        return u32(RCV_SPACE);
    }

    public long totalRetrans() {
        return u32(TOTAL_RETRANS);
    }

    private int u8(int offset) {
        return info[offset] & 0xff;
    }

    private long u32(int offset) {
        return u8(offset) | u8(offset + 1) << 8 | u8(offset + 2) << 16 | (long) u8(offset + 3) << 24;
    }
}
