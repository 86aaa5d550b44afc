package io.evpl;

import io.evpl.foreign.ForeignLoop;
import io.evpl.loop.IoSource;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a turn on a loop of Netty's costs once it is warm. In a JVM without leak detection. */
class ForeignSteadyStateTest {
    private static final int TURNS = 100_000;
    /** Steady is the state that is reached on a busy machine, not the one after so many turns. */
    private static final int MAX_WINDOWS = 40;
    private static final double NEARLY_NOTHING = 0.5;

    @ParameterizedTest
    @EnumSource(value = ForeignHost.class, names = "EVPL", mode = EnumSource.Mode.EXCLUDE)
    void aTurnAllocatesNothing(ForeignHost host) throws Exception {
        ChildJvm.run(Turning.class, "-Dtest.host=" + host);
    }

    /** Work in each poll, until none of them allocated. */
    static final class Turning implements IoSource {
        private final com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final CountDownLatch done = new CountDownLatch(1);
        private int polls;
        private long allocatedBytes;
        private double bytesPerTurn = Double.MAX_VALUE;

        public static void main(String[] args) throws Exception {
            EventLoopGroup group = ForeignHost.valueOf(System.getProperty("test.host")).newGroup(1);
            EventLoop loop = group.next();
            Turning source = new Turning();
            ForeignLoop.attach(loop, source).sync();
            boolean done = source.done.await(40, TimeUnit.SECONDS);
            ForeignHost.shutDown(group, 0);
            System.out.println(source.polls + " turns, " + source.bytesPerTurn + " bytes allocated in each");
            if (!done || source.bytesPerTurn >= NEARLY_NOTHING) {
                throw new AssertionError(source.bytesPerTurn);
            }
        }

        @Override
        public int poll(int budget) {
            if (++polls % TURNS == 0) {
                long now = threads.getCurrentThreadAllocatedBytes();
                bytesPerTurn = (double) (now - allocatedBytes) / TURNS;
                allocatedBytes = threads.getCurrentThreadAllocatedBytes();
                if (polls > TURNS && bytesPerTurn < NEARLY_NOTHING || polls == MAX_WINDOWS * TURNS) {
                    done.countDown();
                    return 0;
                }
            }
            return done.getCount() == 0 ? 0 : 1;
        }

        @Override
        public boolean arm() {
            return true;
        }

        @Override
        public void disarm() {
            // nothing to take back
        }

        @Override
        public int wakeFd() {
            return -1;
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}
