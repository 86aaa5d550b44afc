package io.evpl;

import io.evpl.channel.AddressFamily;
import io.evpl.channel.DatagramEvents;
import io.evpl.channel.DatagramIo;
import io.evpl.channel.ReceiveBuffer;
import io.evpl.channel.SendBuffer;
import io.evpl.linux.Errno;
import io.evpl.linux.NativeAddress;
import io.evpl.linux.Syscalls;
import io.evpl.linux.socket.SockAddr;
import io.evpl.linux.socket.SocketOptions;
import io.evpl.metrics.Protocol;
import io.evpl.metrics.TrafficMetric;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import io.netty.util.internal.StringUtil;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AlreadyConnectedException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** What datagram channels have in common, whatever their addresses. */
abstract class EvplPacketChannel extends EvplChannel {
    /** Packets of one read by default: as many as the kernel sends as segments of one message, should they go back. */
    private static final ChannelMetadata METADATA = new ChannelMetadata(true, 64);

    private enum State { OPEN, CLOSING, CLOSED }

    private volatile State state = State.OPEN;
    private volatile boolean bound;
    private volatile boolean connected;
    private volatile long truncatedDatagrams;
    private final BackendHalf<DatagramIo> half = new BackendHalf<>();
    private SocketAddress checked;

    EvplPacketChannel(AddressFamily family) {
        super(null, openSocket(family, SocketOptions.SOCK_DGRAM), family, Protocol.UDP, Protocol.UNIX_DATAGRAM);
    }

    @Override
    public abstract EvplPacketChannelConfig config();

    /** The message that a handler gets. @param recipient null if the socket's own address is meant */
    abstract ReferenceCounted packet(ByteBuf payload, SocketAddress sender, SocketAddress recipient);

    /** The same message with its payload where the kernel can read it. */
    abstract Object withPayload(AddressedEnvelope<?, ?> message, ByteBuf payload);

    /** Datagrams that were longer than what they were received into, since the channel was made. */
    public long truncatedDatagrams() {
        return truncatedDatagrams;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isOpen() {
        return state == State.OPEN;
    }

    @Override
    public boolean isActive() {
        return isOpen() && (bound || connected || config().isActiveOnRegistration() && isRegistered());
    }

    public boolean isConnected() {
        return connected;
    }

    /** Not as its superclass does, which remembers: a datagram socket's addresses change. */
    @Override
    public SocketAddress localAddress() {
        return localAddress0();
    }

    @Override
    public SocketAddress remoteAddress() {
        return remote;
    }

    @Override
    protected SocketAddress localAddress0() {
        if (local == null && isOpen()) {
            local = named(family.localOf(fd)); // the kernel binds a socket that sends
        }
        return local;
    }

    /** @return null if {@code address} is what a socket has that is not bound */
    SocketAddress named(SocketAddress address) {
        return address;
    }

    // ---- registration

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new PacketUnsafe();
    }

    private PacketUnsafe packetUnsafe() {
        return (PacketUnsafe) unsafe();
    }

    @Override
    protected void doRegister() throws Exception {
        LoopChannels loop = joinLoop();
        half.begin(loop, loop.transport().datagram(packetUnsafe()));
        loop.add(this);
        tally.opened();
        ChannelOutboundBuffer out = unsafe().outboundBuffer();
        if (out != null && !out.isEmpty()) {
            eventLoop().execute(packetUnsafe()::writable); // flushed on another loop, which it left before all was sent
        }
    }

    @Override
    BackendHalf<DatagramIo> half() {
        return half;
    }

    // ---- addresses

    @Override
    protected void doBind(SocketAddress address) throws Exception {
        super.doBind(address);
        onBound();
    }

    final void onBound() {
        local = family.localOf(fd);
        bound = true;
    }

    private void doConnect(SocketAddress remoteAddress) throws Exception {
        int result;
        try (Arena arena = Arena.ofConfined()) {
            long name = NativeAddress.allocate(arena, SockAddr.STORAGE_BYTES);
            result = Syscalls.connect(fd, name, family.write(remoteAddress, name));
        }
        if (result < 0) {
            throw Errno.toException("connect", result, remoteAddress);
        }
        remote = remoteAddress;
        local = named(family.localOf(fd));
        connected = true;
    }

    /** Back to a socket that receives from and sends to anybody. connect(2), AF_UNSPEC. */
    @Override
    protected void doDisconnect() throws Exception {
        int result;
        try (Arena arena = Arena.ofConfined()) {
            long name = NativeAddress.allocate(arena, SockAddr.STORAGE_BYTES);
            result = Syscalls.connect(fd, name, SockAddr.STORAGE_BYTES);
        }
        if (result < 0) {
            throw Errno.toException("disconnect", result);
        }
        remote = null;
        connected = false;
        local = named(family.localOf(fd));
    }

    // ---- reading

    @Override
    protected void doBeginRead() {
        if (half.io() != null && isOpen()) {
            half.io().beginRead();
        }
    }

    /** Auto-read was switched off. */
    void stopRead() {
        onLoop(io -> {
            if (!config().isAutoRead()) {
                io.stopRead();
            }
        });
    }

    /** An option says how to receive from now on. */
    void receiveChanged() {
        onLoop(DatagramIo::receiveChanged);
    }

    // ---- writing

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf buf) {
            return SendBuffer.inOnePiece(buf, alloc());
        }
        if (message instanceof AddressedEnvelope<?, ?> envelope && envelope.content() instanceof ByteBuf content) {
            Object recipient = envelope.recipient();
            if (recipient != null && recipient != checked) {
                checked = check(recipient);
            }
            return SendBuffer.isInOnePiece(content) ? message : moved(envelope, content);
        }
        throw new UnsupportedOperationException("unsupported message type: " + StringUtil.simpleClassName(message)
                + " (expected: " + expected() + ')');
    }

    /** For the message of the exception. */
    abstract String expected();

    /** @return {@code recipient} @throws RuntimeException no datagram can go there */
    abstract SocketAddress check(Object recipient);

    private Object moved(AddressedEnvelope<?, ?> envelope, ByteBuf content) {
        Object moved = withPayload(envelope, SendBuffer.inOnePiece(content.retain(), alloc()));
        ReferenceCountUtil.release(envelope);
        return moved;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) {
        half.io().write(out);
    }

    // ---- closing

    @Override
    protected void doClose() throws Exception {
        closesFor(CloseReason.ofClosing(this));
        if (state == State.CLOSED) {
            return;
        }
        if (half.isBusy()) { // closed forcibly
            state = State.CLOSING;
            half.cancelThen(this::finishClose);
            return;
        }
        finishClose();
    }

    private void finishClose() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            closeFd();
        }
    }

    private void onLoop(Consumer<DatagramIo> action) {
        if (!isRegistered()) {
            return;
        }
        if (eventLoop().inEventLoop()) {
            if (half.io() != null && isOpen()) {
                action.accept(half.io());
            }
        } else {
            eventLoop().execute(() -> onLoop(action));
        }
    }

    private final class PacketUnsafe extends SocketUnsafe implements DatagramEvents {
        @Override
        public void connect(SocketAddress remoteAddress, SocketAddress localAddress, ChannelPromise promise) {
            if (!promise.setUncancellable() || !ensureOpen(promise)) {
                return;
            }
            boolean wasActive = isActive();
            try {
                if (connected) {
                    throw new AlreadyConnectedException();
                }
                if (localAddress != null) {
                    doBind(localAddress);
                }
                doConnect(remoteAddress);
            } catch (Throwable t) {
                promise.tryFailure(annotateConnectException(t, remoteAddress));
                closeIfClosed();
                return;
            }
            promise.trySuccess();
            if (!wasActive && isActive()) {
                pipeline().fireChannelActive();
            }
        }

        /** The rest of the close waits until the kernel holds nothing of this channel's. */
        @Override
        protected Executor prepareToClose() {
            if (!half.isBusy()) {
                return null;
            }
            state = State.CLOSING;
            return half::cancelThen;
        }

        @Override
        public void writable() {
            ChannelOutboundBuffer out = outboundBuffer();
            if (out != null && !out.isEmpty()) {
                flush0();
            }
        }

        @Override
        public ReferenceCounted packet(ByteBuf payload, SocketAddress sender, SocketAddress recipient) {
            return EvplPacketChannel.this.packet(payload, sender, recipient);
        }

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField") // only the loop's thread counts
        public void truncated(SocketAddress sender, int receivedBytes, int actualBytes) {
            truncatedDatagrams++;
            tally.traffic().count(TrafficMetric.TRUNCATED);
            pipeline().fireUserEventTriggered(new TruncatedDatagram(sender, receivedBytes, actualBytes));
        }

        @Override
        public void receiveFailed(int result) {
            pipeline().fireExceptionCaught(Errno.toException("recvmsg", result, remote));
        }

        @Override
        public void receiveFailed(Throwable cause) {
            pipeline().fireExceptionCaught(cause);
            close(voidPromise());
        }

        // ---- what the backend asks

        @Override
        public AddressFamily family() {
            return family;
        }

        @Override
        public int localPort() {
            return localAddress0() instanceof InetSocketAddress inet ? inet.getPort() : 0;
        }

        @Override
        public int payloadBytes() {
            return EvplPacketChannel.this.config().getMaxDatagramPayloadSize();
        }

        @Override
        public int controlBytes() {
            return EvplPacketChannel.this.config().controlBytes();
        }

        @Override
        public boolean usesGro() {
            return EvplPacketChannel.this.config().isUdpGro();
        }

        @Override
        public boolean choosesGro() {
            return EvplPacketChannel.this.config().choosesGro() && ReceiveBuffer.isGuessed(this);
        }

        @Override
        public boolean switchGro(boolean on) {
            return EvplPacketChannel.this.config().switchGro(on);
        }

        @Override
        public boolean sendsFromSender() {
            return EvplPacketChannel.this.config().sendsFromSender();
        }

        @Override
        public boolean coalesces() {
            return EvplPacketChannel.this.config().coalesces();
        }
    }
}
