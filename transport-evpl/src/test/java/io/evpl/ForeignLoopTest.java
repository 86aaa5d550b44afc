package io.evpl;

import io.evpl.foreign.ForeignLoop;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.util.concurrent.DefaultEventExecutorChooserFactory;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import io.netty.util.concurrent.ThreadPerTaskExecutor;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@link ForeignLoopContract} on each loop, and what only loops of Netty's do. */
class ForeignLoopTest {
    @Nested
    class OnOurOwn extends ForeignLoopContract {
        OnOurOwn() {
            super(ForeignHost.EVPL);
        }
    }

    @Nested
    class OnNio extends ForeignLoopContract {
        OnNio() {
            super(ForeignHost.NIO);
        }
    }

    @Nested
    class OnEpoll extends ForeignLoopContract {
        OnEpoll() {
            super(ForeignHost.EPOLL);
        }
    }

    @Nested
    class OnTheIncubator extends ForeignLoopContract {
        OnTheIncubator() {
            super(ForeignHost.INCUBATOR);
        }
    }

    /** The incubator's loop looks at no I/O, its own neither, before it has run out of tasks. */
    @ParameterizedTest
    @EnumSource(value = ForeignHost.class, names = "INCUBATOR", mode = EnumSource.Mode.EXCLUDE)
    void aFloodOfTasksDoesNotStarveTheSource(ForeignHost host) throws Exception {
        EventLoopGroup group = host.newGroup(1);
        EventLoop loop = group.next();
        AtomicBoolean flood = new AtomicBoolean(true);
        for (int i = 0; i < 8; i++) {
            loop.execute(new Runnable() {
                @Override
                public void run() {
                    if (flood.get()) {
                        loop.execute(this);
                    }
                }
            });
        }
        CountingSource source = CountingSource.withWakeFd();
        ForeignLoop.attach(loop, source).sync();
        for (int i = 1; i <= 100; i++) {
            int expected = i;
            source.post();
            VirtualLoop.await(() -> source.delivered.get() == expected);
        }
        flood.set(false);
        ForeignHost.shutDown(group, 0);
    }

    @Test
    void aLoopThatCannotIsRefusedNamingThoseThatCan() {
        EventLoopGroup group = new DefaultEventLoopGroup(1);
        EventLoop loop = group.next();
        String message = assertThrows(IllegalArgumentException.class, () -> ForeignLoop.of(loop)).getMessage();
        for (String name : new String[] {"DefaultEventLoop", "NioEventLoop", "EpollEventLoop", "IOUringEventLoop", "EvplEventLoop"}) {
            assertTrue(message.contains(name), message);
        }
        ForeignHost.shutDown(group, 0);
    }

    @Test
    void aLoopThatHasEndedIsRefused() {
        EventLoopGroup group = ForeignHost.NIO.newGroup(1);
        EventLoop loop = group.next();
        ForeignHost.shutDown(group, 0);
        assertThrows(RejectedExecutionException.class, () -> ForeignLoop.of(loop));
    }

    /** A bug of ours must not go on, nor end a loop that is not ours. */
    @Test
    void aSourceInDoubtIsClosedAndItsHostGoesOn() throws Exception {
        EventLoopGroup group = ForeignHost.EPOLL.newGroup(1);
        EventLoop loop = group.next();
        CountingSource source = CountingSource.withWakeFd();
        source.onPoll = () -> {
            throw new AssertionError("on purpose");
        };
        ForeignLoop.attach(loop, source).sync();
        VirtualLoop.await(() -> source.closes.get() == 1);
        assertEquals(1, source.polls.get());
        ForeignHost.EPOLL.echo(loop, 10);
        CountingSource another = CountingSource.withWakeFd();
        another.post();
        ForeignLoop.attach(loop, another).sync();
        VirtualLoop.await(() -> another.delivered.get() == 1);
        ForeignHost.shutDown(group, 0);
        assertEquals(1, another.closes.get());
    }

    /** Neither the turn's own tasks nor the one that wakes may be lost for want of room. */
    @Test
    void aHostWhoseTaskQueueIsFullLosesNoSourceAndNoWake() throws Exception {
        EventLoopGroup group = new NioEventLoopGroup(1, new ThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory()),
                DefaultEventExecutorChooserFactory.INSTANCE, SelectorProvider.provider(), DefaultSelectStrategyFactory.INSTANCE,
                RejectedExecutionHandlers.reject(), most -> new ArrayBlockingQueue<>(4), most -> new ArrayBlockingQueue<>(1));
        EventLoop loop = group.next();
        CountingSource source = CountingSource.withWakeFd();
        ForeignLoop.attach(loop, source).sync();
        int rejected = 0;
        for (int i = 0; i < 200_000; i++) {
            try {
                loop.execute(() -> { });
            } catch (RejectedExecutionException e) {
                rejected++;
            }
            if (i % 100 == 0) {
                source.post();
            }
        }
        assertTrue(rejected > 0, "the queue was never full");
        VirtualLoop.await(() -> source.delivered.get() == 2000);
        ForeignHost.shutDown(group, 0);
        assertEquals(1, source.closes.get());
    }
}
