package io.evpl;

import io.evpl.linux.Errno;
import io.evpl.linux.FileCalls;
import io.evpl.linux.OpenFds;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannelOption;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Descriptors through a unix connection: they arrive, and none is ever lost or left open. */
class DescriptorPassingTest extends UnixFixture {
    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();

    private final class Receiver extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            received.add(message instanceof ByteBuf buf ? text(buf) : message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            received.add(cause);
        }

        private String text(ByteBuf buf) {
            String text = buf.toString(StandardCharsets.US_ASCII);
            buf.release();
            return text;
        }
    }

    private Channel server;
    private EvplDomainSocketChannel sender;
    private EvplDomainSocketChannel receiver;

    private void connect(DomainSocketReadMode mode, boolean autoRead) throws Exception {
        server = server(channel -> channel.pipeline().addLast(new Receiver()))
                .childOption(UnixChannelOption.DOMAIN_SOCKET_READ_MODE, mode)
                .childOption(ChannelOption.AUTO_READ, autoRead).bind(path("server")).sync().channel();
        sender = connect(new ChannelInboundHandlerAdapter(), path("server"));
        receiver = nextAccepted();
    }

    private void disconnect() throws Exception {
        sender.close().sync();
        receiver.close().sync();
        server.close().sync();
    }

    /** Until the receiver's loop has changed what it receives. */
    private void settle() throws Exception {
        for (int turn = 0; turn < 3; turn++) {
            receiver.eventLoop().submit(() -> { }).sync();
        }
    }

    private Object next() throws InterruptedException {
        Object message = received.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        assertNotNull(message, "nothing was received");
        return message;
    }

    private static EvplFileDescriptor open(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            int fd = FileCalls.open(arena.allocateFrom(file.toString()).address(), FileCalls.O_RDONLY | FileCalls.O_CLOEXEC);
            assertTrue(fd >= 0, () -> Errno.text(-fd));
            return new EvplFileDescriptor(fd);
        }
    }

    /** Of a received descriptor, read to its end. It is closed. */
    private static String contents(Object descriptor) throws IOException {
        EvplFileDescriptor fd = assertInstanceOf(EvplFileDescriptor.class, descriptor);
        String text = Files.readString(Path.of("/proc/self/fd/" + fd.intValue()));
        assertTrue(fd.isOpen());
        fd.close();
        assertFalse(fd.isOpen());
        fd.close();
        return text;
    }

    private void send(String contents) throws Exception {
        Path file = Files.writeString(directory.resolve(contents), contents);
        EvplFileDescriptor fd = open(file);
        sender.eventLoop().submit(() -> sender.write(fd)).sync();
        fd.close(); // before the flush: what is written is a copy
    }

    @Test
    void descriptorsArriveInOrderThoughTheirSenderClosedThem() throws Exception {
        connect(DomainSocketReadMode.FILE_DESCRIPTORS, true);
        for (int i = 0; i < 20; i++) {
            send("file" + i);
        }
        sender.flush();
        for (int i = 0; i < 20; i++) {
            assertEquals("file" + i, contents(next()));
        }
        disconnect();
    }

    @Test
    void aConnectionMayBeGivenAway() throws Exception {
        connect(DomainSocketReadMode.FILE_DESCRIPTORS, true);
        sender.writeAndFlush(sender.fd()).sync();
        EvplFileDescriptor copy = assertInstanceOf(EvplFileDescriptor.class, next());
        String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + copy.intValue())).toString();
        assertEquals(Files.readSymbolicLink(Path.of("/proc/self/fd/" + sender.fd().intValue())).toString(), target);
        copy.close();
        disconnect();
    }

    @Test
    void fromBytesToDescriptorsWithAnAnswerAndBackWithout() throws Exception {
        int rounds = 10;
        server = server(channel -> channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                boolean bytes = message instanceof ByteBuf;
                channel.config().setReadMode(bytes ? DomainSocketReadMode.FILE_DESCRIPTORS : DomainSocketReadMode.BYTES);
                if (bytes) {
                    ctx.writeAndFlush(Unpooled.copiedBuffer("!", StandardCharsets.US_ASCII));
                }
                ctx.fireChannelRead(message);
            }
        }, new Receiver())).bind(path("server")).sync().channel();
        BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        sender = connect(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                answers.add(((ByteBuf) message).toString(StandardCharsets.US_ASCII));
                ((ByteBuf) message).release();
            }
        }, path("server"));
        receiver = nextAccepted();
        for (int i = 0; i < rounds; i++) {
            sender.writeAndFlush(Unpooled.copiedBuffer("bytes" + i, StandardCharsets.US_ASCII));
            assertEquals("bytes" + i, next());
            assertEquals("!", answers.poll(DEADLINE_SECONDS, TimeUnit.SECONDS));
            send("file" + i);
            sender.write(Unpooled.copiedBuffer("between", StandardCharsets.US_ASCII));
            sender.flush();
            assertEquals("file" + i, contents(next()));
            assertEquals("between", next());
            assertEquals("!", answers.poll(DEADLINE_SECONDS, TimeUnit.SECONDS));
            receiver.config().setReadMode(DomainSocketReadMode.BYTES);
            settle();
        }
        disconnect();
    }

    @Test
    void theModeMayChangeWhileAReceiveWaits() throws Exception {
        connect(DomainSocketReadMode.BYTES, true);
        sender.writeAndFlush(Unpooled.copiedBuffer("first", StandardCharsets.US_ASCII)).sync();
        assertEquals("first", next());
        receiver.config().setOption(UnixChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS);
        assertEquals(DomainSocketReadMode.FILE_DESCRIPTORS,
                receiver.config().getOption(UnixChannelOption.DOMAIN_SOCKET_READ_MODE));
        settle();
        send("second");
        sender.flush();
        assertEquals("second", contents(next()));
        disconnect();
    }

    @Test
    void descriptorsAmongBytesAreClosedByTheKernel() throws Exception {
        connect(DomainSocketReadMode.BYTES, true);
        send("unwanted");
        sender.writeAndFlush(Unpooled.copiedBuffer("x", StandardCharsets.US_ASCII)).sync();
        StringBuilder bytes = new StringBuilder();
        while (bytes.length() < 2) {
            bytes.append(next());
        }
        assertEquals("dx", bytes.toString());
        disconnect();
    }

    @Test
    void bytesAmongDescriptorsAreReportedOneByOne() throws Exception {
        connect(DomainSocketReadMode.FILE_DESCRIPTORS, true);
        sender.write(Unpooled.copiedBuffer("x", StandardCharsets.US_ASCII));
        send("wanted");
        sender.flush();
        assertTrue(assertInstanceOf(IOException.class, next()).getMessage().contains("DOMAIN_SOCKET_READ_MODE"));
        assertEquals("wanted", contents(next()));
        disconnect();
    }

    @Test
    void oneReadPassesOnAsManyAsARunOfReadsHas() throws Exception {
        connect(DomainSocketReadMode.FILE_DESCRIPTORS, false);
        send("one");
        sender.flush();
        sender.eventLoop().submit(() -> { }).sync();
        assertEquals(0, received.size());
        receiver.read();
        assertEquals("one", contents(next()));
        send("two");
        sender.flush();
        receiver.read();
        assertEquals("two", contents(next()));
        disconnect();
    }

    @Test
    void whatNobodyReadsIsClosedWithTheChannel() throws Exception {
        connect(DomainSocketReadMode.FILE_DESCRIPTORS, false);
        for (int i = 0; i < 10; i++) {
            send("unread" + i);
        }
        sender.flush();
        sender.eventLoop().submit(() -> { }).sync();
        receiver.close().sync();
        disconnect();
    }

    @Test
    void whatNoHandlerTakesIsClosedAtTheEndOfThePipeline() throws Exception {
        connect(DomainSocketReadMode.FILE_DESCRIPTORS, true);
        receiver.pipeline().remove(Receiver.class);
        long before = OpenFds.count();
        for (int i = 0; i < 10; i++) {
            send("untaken" + i);
        }
        sender.flush();
        sender.shutdownOutput().sync();
        receiver.closeFuture().sync();
        sender.closeFuture().sync();
        assertEquals(before - 2, OpenFds.count(), () -> OpenFds.list().toString());
        disconnect();
    }

    @Test
    void whatWasWrittenAndNeverSentIsClosed() throws Exception {
        connect(DomainSocketReadMode.FILE_DESCRIPTORS, false);
        for (int i = 0; i < 2000; i++) { // more than the kernel takes while nobody receives
            sender.write(new FileDescriptor(sender.fd().intValue()));
            if (i % 100 == 0) {
                sender.flush();
            }
        }
        disconnect();
    }

    @Test
    void aDescriptorThatIsNotOpenFailsTheWriteAndNothingElse() throws Exception {
        connect(DomainSocketReadMode.FILE_DESCRIPTORS, true);
        EvplFileDescriptor closed = open(directory);
        closed.close();
        ChannelFuture failed = sender.writeAndFlush(closed).await();
        assertTrue(assertInstanceOf(IOException.class, failed.cause()).getMessage().contains("was to be sent"));
        send("after");
        sender.flush();
        assertEquals("after", contents(next()));
        disconnect();
    }

    @Test
    void onlyUnixConnectionsTakeDescriptors() throws Exception {
        EvplSocketChannel tcp = new EvplSocketChannel();
        assertThrows(UnsupportedOperationException.class, () -> tcp.filterOutboundMessage(new FileDescriptor(0)));
        group.register(tcp).sync();
        assertTrue(tcp.fd().isOpen());
        tcp.fd().close();
        tcp.closeFuture().sync();
        assertFalse(tcp.fd().isOpen());
    }

    @Test
    void nettysEpollTransportSendsAndReceivesTheSameMessages() throws Exception {
        EpollEventLoopGroup epoll = new EpollEventLoopGroup(1);
        long loops = OpenFds.count();
        server = server(channel -> channel.pipeline().addLast(new Receiver()))
                .childOption(UnixChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS)
                .bind(path("server")).sync().channel();
        Channel netty = new Bootstrap().group(epoll).channel(EpollDomainSocketChannel.class)
                .option(UnixChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS)
                .handler(new Receiver()).connect(path("server")).sync().channel();
        receiver = nextAccepted();
        EvplFileDescriptor theirs = open(Files.writeString(directory.resolve("theirs"), "from netty"));
        netty.writeAndFlush(theirs).sync();
        theirs.close();
        assertEquals("from netty", contents(next()));
        EvplFileDescriptor ours = open(Files.writeString(directory.resolve("ours"), "from evpl"));
        receiver.writeAndFlush(ours).sync();
        ours.close();
        FileDescriptor atNetty = assertInstanceOf(FileDescriptor.class, next());
        assertEquals("from evpl", Files.readString(Path.of("/proc/self/fd/" + atNetty.intValue())));
        atNetty.close();
        netty.close().sync();
        receiver.closeFuture().sync();
        server.close().sync();
        assertEquals(loops, OpenFds.count(), () -> OpenFds.list().toString());
        epoll.shutdownGracefully(0, DEADLINE_SECONDS, TimeUnit.SECONDS).sync();
    }
}
