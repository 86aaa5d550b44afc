package io.evpl;

import io.evpl.InprocPair.Told;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.channels.NotYetConnectedException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** One-sided access within the process: what is allowed happens, everything else fails its own operation only. */
@Timeout(60)
class RemoteMemoryTest {
    private InprocPair pair;
    private EvplInprocChannel client;
    private EvplInprocChannel server;
    private ByteBuf memory;

    @BeforeEach
    void connect() throws Exception {
        pair = new InprocPair(InprocKind.MESSAGE, false).listen();
        client = (EvplInprocChannel) pair.connect().channel;
        server = (EvplInprocChannel) pair.accept().channel;
        memory = Unpooled.directBuffer(64);
        for (int i = 0; i < 64; i++) {
            memory.writeByte(i);
        }
    }

    @AfterEach
    void nothingIsLeft() {
        pair.close();
        assertEquals(1, memory.refCnt());
        memory.release();
    }

    private RemoteMemory.Registration register(RemoteMemory.Access access) {
        return server.remoteMemory().register(memory, 16, 32, access);
    }

    private ChannelFuture read(RemoteKey key, long offset, ByteBuf target) {
        return client.remoteMemory().read(key, offset, target, client.newPromise());
    }

    private ChannelFuture write(RemoteKey key, long offset, ByteBuf source) {
        return client.remoteMemory().write(source, key, offset, client.newPromise());
    }

    private void assertReadRefused(RemoteKey key, long offset, int bytes, String... words) throws Exception {
        ByteBuf target = Unpooled.buffer(bytes, Math.max(1, bytes));
        assertRefused(read(key, offset, target), words);
        assertEquals(0, target.readableBytes());
        assertEquals(1, target.refCnt());
        target.release();
        assertTrue(client.isActive() && server.isActive());
    }

    private static void assertRefused(ChannelFuture future, String... words) throws Exception {
        Throwable cause = future.await().cause();
        assertInstanceOf(RemoteAccessException.class, cause);
        for (String word : words) {
            assertTrue(cause.getMessage().contains(word), () -> "no " + word + " in: " + cause.getMessage());
        }
    }

    // ---- what is allowed

    @Test
    void aReadFillsWhatIsWritable() throws Exception {
        RemoteKey key = register(RemoteMemory.Access.READ).key();
        assertEquals(32, key.length());
        ByteBuf target = Unpooled.buffer(8, 8).writeByte(99);
        read(key, 3, target).sync();
        assertEquals(8, target.readableBytes());
        assertEquals(99, target.readByte());
        for (int i = 0; i < 7; i++) {
            assertEquals(16 + 3 + i, target.readByte());
        }
        target.release();
    }

    @Test
    void aWriteWritesWhatIsReadable() throws Exception {
        RemoteKey key = register(RemoteMemory.Access.WRITE).key();
        ByteBuf source = Unpooled.copiedBuffer(new byte[] {1, 2, 3, 4}).skipBytes(1);
        write(key, 29, source).sync();
        assertEquals(0, source.readableBytes());
        assertEquals(44, memory.getByte(44));
        assertEquals(2, memory.getByte(45));
        assertEquals(4, memory.getByte(47));
        assertEquals(48, memory.getByte(48));
        source.release();
    }

    @Test
    void bothDirectionsOfAConnectionHaveTheirOwn() throws Exception {
        RemoteMemory.Registration clients = client.remoteMemory().register(memory, 0, 64, RemoteMemory.Access.READ_WRITE);
        ByteBuf source = Unpooled.copiedBuffer(new byte[] {7});
        server.remoteMemory().write(source, clients.key(), 63, server.newPromise()).sync();
        assertEquals(7, memory.getByte(63));
        source.release();
        assertReadRefused(clients.key(), 0, 1, "no registration"); // its own memory is not its peer's
    }

    @Test
    void aKeyTravelsInBytesAndPrintsNoSecret() {
        RemoteKey key = register(RemoteMemory.Access.READ).key();
        ByteBuf bytes = Unpooled.buffer(RemoteKey.BYTES, RemoteKey.BYTES);
        key.encode(bytes);
        assertEquals(key, RemoteKey.decode(bytes));
        bytes.release();
        assertEquals("RemoteKey[32 bytes]", key.toString());
        assertEquals(new RemoteKey(key.address() + 8, 4, key.rkey()), key.slice(8, 4));
        assertThrows(IndexOutOfBoundsException.class, () -> key.slice(30, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> key.slice(-1, 1));
        assertThrows(IllegalArgumentException.class, () -> new RemoteKey(0, -1, 0));
    }

    @Test
    void aPartOfAKeyReachesThatPart() throws Exception {
        RemoteKey part = register(RemoteMemory.Access.READ).key().slice(10, 4);
        ByteBuf target = Unpooled.buffer(4, 4);
        read(part, 0, target).sync();
        assertEquals(26, target.readByte());
        target.release();
        assertReadRefused(part, 1, 4, "within", "4");
    }

    // ---- what is refused

    @Test
    void rangesAreCheckedWithoutWrappingAround_13a_23() throws Exception {
        RemoteKey key = register(RemoteMemory.Access.READ_WRITE).key();
        assertReadRefused(key, 1, 32, "32", "within");
        assertReadRefused(key, 33, 0, "within");
        assertReadRefused(key, -1, 1, "within");
        assertReadRefused(key, Long.MAX_VALUE, 1, "within");
        assertReadRefused(key, Long.MIN_VALUE, 1, "within");
        assertReadRefused(new RemoteKey(key.address(), Long.MAX_VALUE, key.rkey()), 32, 1, "registered memory");
        assertReadRefused(new RemoteKey(key.address(), 33, key.rkey()), 0, 1, "registered memory");
        assertReadRefused(new RemoteKey(key.address() - 1, 32, key.rkey()), 0, 1, "registered memory");
        assertReadRefused(new RemoteKey(key.address() + 1, 32, key.rkey()), 0, 1, "registered memory");
        assertReadRefused(new RemoteKey(-4, 8, key.rkey()), 0, 8, "registered memory");
        ByteBuf source = Unpooled.buffer(33).writeZero(33);
        assertRefused(write(key, 0, source), "33", "within");
        assertEquals(33, source.readableBytes());
        source.release();
    }

    @Test
    void permissionsAreKept() throws Exception {
        ByteBuf source = Unpooled.buffer(4).writeZero(4);
        RemoteKey readable = register(RemoteMemory.Access.READ).key();
        assertRefused(write(readable, 0, source), "reading only");
        assertEquals(16, memory.getByte(16));
        assertReadRefused(register(RemoteMemory.Access.WRITE).key(), 0, 4, "writing only");
        source.release();
    }

    @Test
    void aKeyOfAnotherConnectionIsUnknown() throws Exception {
        Told other = pair.connect();
        EvplInprocChannel otherServer = (EvplInprocChannel) pair.accept().channel;
        RemoteKey key = otherServer.remoteMemory().register(memory, 0, 64, RemoteMemory.Access.READ).key();
        assertReadRefused(key, 0, 1, "no registration");
        other.channel.close().sync();
    }

    @Test
    void aClosedRegistrationIsUnknownAndItsMemoryTheOwners() throws Exception {
        RemoteMemory.Registration registration = register(RemoteMemory.Access.READ);
        assertEquals(2, memory.refCnt());
        Future<Void> closed = registration.close();
        assertTrue(closed.isSuccess());
        assertEquals(1, memory.refCnt());
        assertReadRefused(registration.key(), 0, 1, "closed");
        assertTrue(registration.close().isSuccess());
    }

    @Test
    void aClosedChannelGivesItsMemoryBackAndRegistersNoMore() throws Exception {
        RemoteMemory.Registration registration = register(RemoteMemory.Access.READ);
        RemoteMemory access = server.remoteMemory();
        server.close().sync();
        assertEquals(1, memory.refCnt());
        assertThrows(IllegalStateException.class, () -> access.register(memory, 0, 1, RemoteMemory.Access.READ));
        client.closeFuture().sync();
        ByteBuf target = Unpooled.buffer(1, 1);
        assertRefused(read(registration.key(), 0, target), "closed");
        target.release();
    }

    @Test
    void whatTheCallerGetsWrongFailsTheOperation() throws Exception {
        RemoteKey key = register(RemoteMemory.Access.READ_WRITE).key();
        ByteBuf readOnly = Unpooled.buffer(4, 4).asReadOnly();
        assertTrue(read(key, 0, readOnly).await().cause() != null || readOnly.writableBytes() == 0);
        readOnly.release();
        assertThrows(IndexOutOfBoundsException.class,
                () -> server.remoteMemory().register(memory, 60, 5, RemoteMemory.Access.READ));
        EvplInprocChannel fresh = new EvplInprocChannel();
        assertThrows(NotYetConnectedException.class, fresh::remoteMemory);
        assertThrows(UnsupportedOperationException.class, new EvplInprocChannel(InprocKind.STREAM)::remoteMemory);
        fresh.unsafe().closeForcibly();
    }

    // ---- races

    /** The owner closes while the peer copies: each access happens whole or is refused, and none after the close. */
    @Test
    void aCloseThatRacesWithAccessesIsSafe() throws Exception {
        for (int race = 0; race < 300; race++) {
            ByteBuf shared = Unpooled.directBuffer(4096).writeZero(4096);
            RemoteMemory.Registration registration = server.remoteMemory().register(shared, 0, 4096,
                    RemoteMemory.Access.READ_WRITE);
            AtomicBoolean refused = new AtomicBoolean();
            Future<?> copies = client.eventLoop().submit(() -> {
                ByteBuf source = Unpooled.directBuffer(4096).writeZero(4096);
                for (int i = 0; i < 4096; i += 64) {
                    source.setByte(i, 5);
                }
                while (!refused.get()) {
                    ChannelFuture copied = write(registration.key(), 0, source.readerIndex(0));
                    refused.set(!copied.isSuccess());
                }
                source.release();
            });
            server.eventLoop().submit(registration::close).sync();
            registration.close().sync();
            shared.setByte(0, 1).setByte(64, 1);
            copies.sync();
            assertEquals(1, shared.getByte(0), "written after the close had completed");
            assertEquals(1, shared.getByte(64));
            assertEquals(1, shared.refCnt());
            shared.release();
        }
    }

    @Test
    void randomAccessesDoWhatAnArrayDoes() throws Exception {
        RemoteKey key = server.remoteMemory().register(memory, 0, 64, RemoteMemory.Access.READ_WRITE).key();
        byte[] expected = new byte[64];
        memory.getBytes(0, expected);
        client.eventLoop().submit(() -> {
            Random random = new Random(1);
            for (int i = 0; i < 5000; i++) {
                int offset = random.nextInt(80) - 8;
                int bytes = random.nextInt(70);
                boolean within = offset >= 0 && bytes <= 64 - offset;
                byte[] content = new byte[bytes];
                if (random.nextBoolean()) {
                    random.nextBytes(content);
                    ByteBuf source = Unpooled.wrappedBuffer(content);
                    assertEquals(within, write(key, offset, source).isSuccess());
                    source.release();
                    if (within) {
                        System.arraycopy(content, 0, expected, offset, bytes);
                    }
                } else if (bytes > 0) {
                    ByteBuf target = Unpooled.buffer(bytes, bytes);
                    assertEquals(within, read(key, offset, target).isSuccess());
                    for (int b = 0; within && b < bytes; b++) {
                        assertEquals(expected[offset + b], target.readByte());
                    }
                    assertFalse(target.isReadable());
                    target.release();
                }
            }
        }).sync();
    }
}
