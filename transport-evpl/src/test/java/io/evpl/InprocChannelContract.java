package io.evpl;

import io.evpl.InprocPair.Told;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.ChannelOutputShutdownEvent;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Test;

import java.net.SocketException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.util.concurrent.TimeUnit;

import static io.evpl.InprocPair.bytes;
import static io.evpl.InprocPair.on;
import static io.evpl.InprocPair.release;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a connection within the process does, of either kind, on one loop or between two, ours or Netty's. */
@Timeout(30)
abstract class InprocChannelContract {
    private final InprocKind kind;
    private final ForeignHost host;
    private final int loops;
    private InprocPair pair;

    InprocChannelContract(InprocKind kind, boolean oneLoop) {
        this(kind, ForeignHost.EVPL, oneLoop ? 1 : 2);
    }

    InprocChannelContract(InprocKind kind, ForeignHost host, int loops) {
        this.kind = kind;
        this.host = host;
        this.loops = loops;
    }

    @BeforeEach
    void listen() throws Exception {
        pair = host == ForeignHost.EVPL ? new InprocPair(kind, loops == 1) : new InprocPair(kind, host.newGroup(loops));
        pair.listen();
    }

    @AfterEach
    void shutDown() {
        pair.close();
    }

    // ---- connections

    @Test
    void bothEndsBecomeActiveOnceAndNothingFollows_C1_C2() throws Exception {
        Told client = pair.connect();
        Told server = pair.accept();
        pair.settle();
        assertTrue(client.isQuiet() && server.isQuiet());
        assertTrue(client.channel.isActive() && server.channel.isActive());
    }

    @Test
    void aCloseOfEitherEndIsToldToBothOnce_C3() throws Exception {
        for (boolean serverCloses : new boolean[] {true, false}) {
            Told client = pair.connect();
            Told server = pair.accept();
            (serverCloses ? server : client).channel.close().sync();
            client.expect("inactive");
            server.expect("inactive");
            pair.settle();
            assertTrue(client.isQuiet() && server.isQuiet());
            assertFalse(client.channel.isOpen() || server.channel.isOpen());
        }
    }

    @Test
    void aCloseDeliversWhatWasWrittenBefore_C4() throws Exception {
        Told client = pair.connect();
        Told server = pair.accept();
        ByteBuf[] sent = new ByteBuf[100];
        on(client.channel, () -> {
            for (int i = 0; i < sent.length; i++) {
                sent[i] = bytes(i);
                client.channel.write(sent[i]);
            }
            client.channel.flush();
            return client.channel.close();
        });
        for (ByteBuf one : sent) {
            assertSame(one, server.next());
            one.release();
        }
        server.expect("inactive");
        client.expect("inactive");
    }

    @Test
    void aSecondConnectionIsNew_C5() throws Exception {
        Told first = pair.connect();
        Told firstServer = pair.accept();
        first.channel.close().sync();
        firstServer.expect("inactive");
        Told second = pair.connect();
        Told secondServer = pair.accept();
        ByteBuf message = bytes(1);
        second.channel.writeAndFlush(message).sync();
        assertSame(message, secondServer.next());
        message.release();
        assertTrue(firstServer.isQuiet());
        assertFalse(second.channel.localAddress().equals(first.channel.localAddress()));
    }

    @Test
    void aListenerWithoutConnectionsClosesInSilence_C6() throws Exception {
        pair.listener.close().sync();
        pair.settle();
        assertTrue(pair.accepted.isEmpty());
        pair.listen();
    }

    @Test
    void connectionsOutliveTheirListener() throws Exception {
        Told client = pair.connect();
        Told server = pair.accept();
        pair.listener.close().sync();
        ByteBuf message = bytes(1);
        client.channel.writeAndFlush(message).sync();
        assertSame(message, server.next());
        message.release();
    }

    @Test
    void whatIsWrittenBeforeTheAcceptArrives() throws Exception {
        pair.listener.config().setAutoRead(false);
        pair.settle();
        Told first = pair.connect(); // was asked for before auto-read went off, or waits
        ByteBuf message = bytes(1);
        first.channel.writeAndFlush(message).sync();
        pair.listener.config().setAutoRead(true);
        Told server = pair.accept();
        assertSame(message, server.next());
        message.release();
    }

    @Test
    void aConnectThatIsClosedBeforeTheAcceptIsAcceptedAndEnds() throws Exception {
        pair.listener.config().setAutoRead(false);
        pair.settle();
        Told client = pair.connect();
        client.channel.writeAndFlush(bytes(1)).sync();
        client.channel.close().sync();
        pair.listener.config().setAutoRead(true);
        Told server = pair.accept();
        release(server.next());
        server.expect("inactive");
    }

    @Test
    void aConnectedChannelDoesNotConnectAgain() throws Exception {
        Told client = pair.connect();
        assertInstanceOf(AlreadyConnectedException.class,
                client.channel.connect(InprocPair.ADDRESS).await().cause());
        assertTrue(client.channel.isActive());
    }

    @Test
    void closingInChannelActiveIsTold() throws Exception {
        Told told = new Told() {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                super.channelActive(ctx);
                ctx.close();
            }
        };
        pair.client(told).connect(InprocPair.ADDRESS).sync();
        told.expect("active", "inactive");
        pair.accept().expect("inactive");
    }

    @Test
    void anAbortDiscardsAndIsToldAsAnError() throws Exception {
        Told client = pair.connect();
        Told server = pair.accept();
        server.channel.config().setAutoRead(false);
        pair.settle();
        client.channel.config().setOption(ChannelOption.SO_LINGER, 0);
        ByteBuf first = bytes(1);
        ByteBuf second = bytes(2);
        on(client.channel, () -> {
            client.channel.write(first);
            client.channel.writeAndFlush(second);
            return client.channel.close();
        });
        assertTrue(((String) server.next()).startsWith("SocketException: connection reset"));
        server.expect("inactive");
        assertEquals(0, first.refCnt() + second.refCnt());
    }

    @Test
    void aLoopThatEndsClosesItsConnectionsAndReleasesWhatWaits() throws Exception {
        Told client = pair.connect();
        Told server = pair.accept();
        server.channel.config().setAutoRead(false);
        pair.settle();
        ByteBuf message = bytes(1);
        client.channel.writeAndFlush(message).sync();
        pair.close();
        assertFalse(client.channel.isOpen() || server.channel.isOpen() || pair.listener.isOpen());
        server.rest().forEach(InprocPair::release);
        assertEquals(0, message.refCnt());
    }

    // ---- data

    @Test
    void whatArrivesIsWhatWasWritten_S1_S8() throws Exception {
        Told client = pair.connect();
        Told server = pair.accept();
        for (int i = 1; i < 50; i++) {
            ByteBuf message = bytes(new int[i]);
            client.channel.writeAndFlush(message).sync();
            assertSame(message, server.next(), "by reference");
            assertEquals(1, message.refCnt(), "and the reader's alone");
            message.release();
        }
        ByteBuf parts = client.channel.alloc().compositeBuffer().addComponent(true, bytes(1)).addComponent(true, bytes(2));
        client.channel.writeAndFlush(parts).sync();
        assertSame(parts, server.next());
        parts.release();
    }

    @Test
    void directionsAreIndependent_S2() throws Exception {
        Told client = pair.connect();
        Told server = pair.accept();
        ByteBuf up = bytes(1);
        ByteBuf down = bytes(2);
        client.channel.config().setAutoRead(false);
        pair.settle();
        server.channel.writeAndFlush(down).sync();
        client.channel.writeAndFlush(up).sync();
        assertSame(up, server.next());
        pair.settle();
        assertTrue(client.isQuiet());
        client.channel.config().setAutoRead(true);
        assertSame(down, client.next());
        release(up, down);
    }

    @Test
    void voidPromisesAndOthersKeepTheOrder_S5_S7() throws Exception {
        Told client = pair.connect();
        Told server = pair.accept();
        ByteBuf[] sent = new ByteBuf[10];
        ChannelFuture last = on(client.channel, () -> {
            ChannelFuture future = null;
            for (int i = 0; i < sent.length; i++) {
                sent[i] = bytes(i);
                if (i % 2 == 0) {
                    client.channel.write(sent[i], client.channel.voidPromise());
                } else {
                    future = client.channel.write(sent[i]);
                    assertFalse(future.isDone(), "before the flush");
                }
            }
            client.channel.flush();
            assertTrue(future.isSuccess());
            return future;
        });
        assertTrue(last.isSuccess());
        for (ByteBuf one : sent) {
            assertSame(one, server.next());
            one.release();
        }
    }

    @Test
    void whatIsNotFlushedIsNotDeliveredAndFailsWithTheClose() throws Exception {
        Told client = pair.connect();
        Told server = pair.accept();
        ByteBuf flushed = bytes(1);
        ByteBuf[] unflushed = {bytes(2), bytes(3), bytes(4)};
        ChannelFuture[] writes = new ChannelFuture[3];
        on(client.channel, () -> {
            client.channel.writeAndFlush(flushed);
            for (int i = 0; i < 3; i++) {
                writes[i] = client.channel.write(unflushed[i]);
            }
            return null;
        });
        assertSame(flushed, server.next());
        pair.settle();
        assertTrue(server.isQuiet());
        client.channel.close().sync();
        server.expect("inactive");
        for (int i = 0; i < 3; i++) {
            assertInstanceOf(ClosedChannelException.class, writes[i].await().cause());
            assertEquals(0, unflushed[i].refCnt());
        }
        flushed.release();
    }

    @Test
    void aListenerOfAWriteThatClosesDoesNotFailWhatWasFlushedWithIt() throws Exception {
        Told client = pair.connect();
        Told server = pair.accept();
        ByteBuf[] sent = {bytes(1), bytes(2), bytes(3)};
        ChannelFuture[] writes = new ChannelFuture[4];
        ByteBuf late = bytes(4);
        on(client.channel, () -> {
            for (int i = 0; i < 3; i++) {
                writes[i] = client.channel.write(sent[i]);
            }
            writes[0].addListener(done -> {
                writes[3] = client.channel.write(late);
                client.channel.close();
            });
            client.channel.flush();
            return null;
        });
        server.expect(sent[0], sent[1], sent[2], "inactive");
        assertTrue(writes[1].await().isSuccess() && writes[2].await().isSuccess());
        assertInstanceOf(ClosedChannelException.class, writes[3].await().cause());
        assertEquals(0, late.refCnt());
        release((Object[]) sent);
    }

    @Test
    void aWriteToAClosedChannelFailsAndReleases() throws Exception {
        Told client = pair.connect();
        client.channel.close().sync();
        ByteBuf message = bytes(1);
        assertInstanceOf(ClosedChannelException.class, client.channel.writeAndFlush(message).await().cause());
        assertEquals(0, message.refCnt());
    }

    // ---- back-pressure

    @Test
    void aFullQueueStopsTheWriterUntilTheReaderReads() throws Exception {
        Told client = new Told();
        Channel channel = pair.client(client).option(EvplChannelOption.INPROC_QUEUE_MESSAGES, 8)
                .connect(InprocPair.ADDRESS).sync().channel();
        Told server = pair.accept();
        server.channel.config().setAutoRead(false);
        pair.settle();
        ChannelFuture[] writes = new ChannelFuture[20];
        on(channel, () -> {
            for (int i = 0; i < writes.length; i++) {
                writes[i] = channel.write(bytes(i));
            }
            channel.flush();
            return null;
        });
        pair.settle();
        for (int i = 0; i < writes.length; i++) {
            assertEquals(i < 8, writes[i].isSuccess(), "write " + i);
        }
        for (int i = 0; i < 3; i++) {
            server.channel.read();
            ByteBuf message = (ByteBuf) server.next();
            assertEquals(i, message.getByte(0));
            message.release();
        }
        pair.settle();
        assertTrue(server.isQuiet(), "one read, one message");
        assertFalse(writes[8].isDone(), "the queue is not half empty");
        server.channel.config().setAutoRead(true);
        for (int i = 3; i < writes.length; i++) {
            ByteBuf message = (ByteBuf) server.next();
            assertEquals(i, message.getByte(0));
            message.release();
        }
        assertTrue(writes[19].sync().isSuccess());
    }

    @Test
    void bytesAreBoundedAndTheWaterMarksTell() throws Exception {
        Told client = new Told();
        Channel channel = pair.client(client).option(EvplChannelOption.INPROC_QUEUE_BYTES, 1000L)
                .connect(InprocPair.ADDRESS).sync().channel();
        Told server = pair.accept();
        server.channel.config().setAutoRead(false);
        pair.settle();
        on(channel, () -> {
            for (int i = 0; i < 4; i++) {
                channel.writeAndFlush(bytes(new int[40_000])); // the first passes alone, the others wait
            }
            return null;
        });
        pair.settle();
        assertFalse(channel.isWritable());
        server.channel.config().setAutoRead(true);
        for (int i = 0; i < 4; i++) {
            release(server.next());
        }
        pair.settle();
        assertTrue(channel.isWritable());
    }

    @Test
    void aWriterThatWaitsLearnsThatItsReaderClosed() throws Exception {
        Told client = new Told();
        Channel channel = pair.client(client).option(EvplChannelOption.INPROC_QUEUE_MESSAGES, 2)
                .connect(InprocPair.ADDRESS).sync().channel();
        Told server = pair.accept();
        server.channel.config().setAutoRead(false);
        pair.settle();
        ByteBuf[] sent = new ByteBuf[5];
        ChannelFuture last = on(channel, () -> {
            for (int i = 0; i < sent.length; i++) {
                sent[i] = bytes(i);
                channel.write(sent[i]);
            }
            return channel.writeAndFlush(bytes(9));
        });
        server.channel.close().sync();
        assertInstanceOf(java.io.IOException.class, last.await().cause());
        client.expect("active", "inactive");
        for (ByteBuf one : sent) {
            assertEquals(0, one.refCnt());
        }
    }

    // ---- half-close

    @Test
    void shutdownOutputIsAnEndAfterTheDataAndTheOtherDirectionGoesOn() throws Exception {
        Told client = pair.connect();
        Told server = pair.accept();
        server.channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        ByteBuf up = bytes(1);
        client.channel.writeAndFlush(up);
        EvplInprocChannel channel = (EvplInprocChannel) client.channel;
        channel.shutdownOutput().sync();
        client.expect(ChannelOutputShutdownEvent.INSTANCE);
        assertTrue(channel.isOutputShutdown());
        server.expect(up, ChannelInputShutdownEvent.INSTANCE, ChannelInputShutdownReadComplete.INSTANCE);
        ByteBuf down = bytes(2);
        server.channel.writeAndFlush(down).sync();
        assertSame(down, client.next());
        server.channel.close().sync();
        client.expect("inactive");
        release(up, down);
        ByteBuf late = bytes(3);
        assertTrue(client.channel.writeAndFlush(late).await().cause() != null);
        assertEquals(0, late.refCnt());
    }

    @Test
    void withoutHalfClosureTheEndCloses() throws Exception {
        Told client = pair.connect();
        Told server = pair.accept();
        ((EvplInprocChannel) client.channel).shutdownOutput().sync();
        client.expect(ChannelOutputShutdownEvent.INSTANCE, "inactive");
        server.expect("inactive");
    }

    @Test
    void shutdownInputDiscardsAndBreaksThePeersPipe() throws Exception {
        Told client = pair.connect();
        Told server = pair.accept();
        client.channel.config().setAutoRead(false);
        pair.settle();
        ByteBuf waits = bytes(1);
        server.channel.writeAndFlush(waits).sync();
        ((EvplInprocChannel) client.channel).shutdownInput().sync();
        assertEquals(0, waits.refCnt());
        ByteBuf late = bytes(2);
        assertInstanceOf(SocketException.class, server.channel.writeAndFlush(late).await().cause());
        assertEquals(0, late.refCnt());
        server.expect("inactive");
    }

    @Test
    void halfClosingWhatIsNotConnectedFails() throws Exception {
        EvplInprocChannel channel = new EvplInprocChannel(kind);
        pair.group.register(channel).sync();
        assertInstanceOf(NotYetConnectedException.class, channel.shutdownOutput().await().cause());
        assertInstanceOf(NotYetConnectedException.class, channel.shutdownInput().await().cause());
        channel.close().sync();
    }

    // ---- loops

    @Test
    void aLoopThatServesNoChannelOfOursIsRefused() throws Exception {
        DefaultEventLoopGroup foreign = new DefaultEventLoopGroup(1);
        ChannelFuture connected = new Bootstrap().group(foreign).channel(EvplInprocChannel.class)
                .handler(new ChannelInboundHandlerAdapter()).connect(InprocPair.ADDRESS).await();
        assertInstanceOf(IllegalStateException.class, connected.cause());
        foreign.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @Test
    void aConnectionThatMovesKeepsEveryMessageInOrder() throws Exception {
        Told client = pair.connect();
        Told server = pair.accept();
        int sent = 0;
        for (int move = 0; move < 40; move++) {
            for (int i = 0; i < 20; i++) {
                client.channel.writeAndFlush(bytes(0, 0, 0, 0).setInt(0, sent++));
            }
            Channel moving = move % 2 == 0 ? server.channel : client.channel;
            moving.deregister().sync();
            pair.group.next().register(moving).sync();
        }
        for (int expected = 0; expected < sent; expected++) {
            ByteBuf message = (ByteBuf) server.next();
            assertEquals(expected, message.getInt(0));
            message.release();
        }
        client.channel.close().sync();
        server.expect("inactive");
        assertNull(client.channel.closeFuture().cause());
    }

    @Test
    void optionsAreCheckedAndRead() throws Exception {
        EvplInprocChannel channel = (EvplInprocChannel) pair.connect().channel;
        assertEquals(kind, channel.config().getOption(EvplChannelOption.INPROC_KIND));
        InprocKind other = kind == InprocKind.STREAM ? InprocKind.MESSAGE : InprocKind.STREAM;
        assertThrows(IllegalStateException.class, () -> channel.config().setOption(EvplChannelOption.INPROC_KIND, other));
        assertThrows(IllegalArgumentException.class,
                () -> channel.config().setOption(EvplChannelOption.INPROC_QUEUE_MESSAGES, 1));
        assertThrows(IllegalArgumentException.class,
                () -> channel.config().setOption(EvplChannelOption.INPROC_QUEUE_BYTES, 0L));
        assertThrows(IllegalArgumentException.class, () -> channel.config().setOption(ChannelOption.SO_BACKLOG, 0));
        channel.config().setOption(EvplChannelOption.INPROC_QUEUE_MESSAGES, 1000);
        assertEquals(1024, channel.config().getOption(EvplChannelOption.INPROC_QUEUE_MESSAGES));
        assertEquals(1024, channel.config().getOptions().get(EvplChannelOption.INPROC_QUEUE_MESSAGES));
    }
}
