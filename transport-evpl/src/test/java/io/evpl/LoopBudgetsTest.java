package io.evpl;

import io.evpl.linux.TestFds;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** How much of one kind a turn does before the others have theirs, as configured. */
class LoopBudgetsTest {
    private static final int DESCRIPTORS = 5;
    /** Netty looks at the clock once in so many tasks. */
    private static final int TASKS_PER_LOOK = 64;

    private EvplEventLoopGroup group;
    private EvplEventLoop loop;

    private void begin(String... settings) {
        group = new EvplEventLoopGroup(1, null, VirtualLoop.config(settings));
        loop = (EvplEventLoop) group.next();
    }

    @AfterEach
    void end() {
        VirtualLoop.shutDown(group);
    }

    /** All become readable within one task. */
    @Test
    void ofDescriptorsThatAreReadyTogetherATurnServesItsBudget() throws IOException {
        begin("ioBudget", "1");
        List<Long> turns = new ArrayList<>();
        List<TestFds.Pair> pipes = new ArrayList<>();
        List<FdEvent> events = new ArrayList<>();
        for (int i = 0; i < DESCRIPTORS; i++) {
            pipes.add(TestFds.pipe());
            int reader = pipes.get(i).reader();
            events.add(VirtualLoop.call(loop, () -> loop.watch(reader, new FdEvent.Handler() {
                @Override
                public void readable(FdEvent event) {
                    turns.add(loop.turns());
                    event.wantRead(false);
                }
            })));
        }
        VirtualLoop.awaitSleep(loop);
        VirtualLoop.call(loop, () -> {
            events.forEach(event -> event.wantRead(true));
            pipes.forEach(pipe -> TestFds.write(pipe.writer()));
            return null;
        });
        VirtualLoop.await(() -> VirtualLoop.call(loop, turns::size) == DESCRIPTORS);
        VirtualLoop.call(loop, () -> {
            events.forEach(FdEvent::close);
            return null;
        });
        pipes.forEach(TestFds.Pair::close);
        assertEquals(DESCRIPTORS, new HashSet<>(turns).size(), turns::toString);
    }

    @Test
    void aTurnWithoutTimeForTasksRunsAsManyAsNettyRunsBetweenTwoLooksAtTheClock() {
        begin("taskBudgetNs", "0");
        List<Long> turns = turnsOfTasks(10 * TASKS_PER_LOOK);
        assertTrue(new HashSet<>(turns).size() >= 10, turns::toString);
    }

    @Test
    void aTurnWithMuchTimeForTasksRunsAllThatWait() {
        begin("taskBudgetNs", "1000000000");
        List<Long> turns = turnsOfTasks(10 * TASKS_PER_LOOK);
        assertEquals(1, new HashSet<>(turns).size(), turns::toString);
    }

    /** In which turn each ran, of tasks that one task adds. */
    private List<Long> turnsOfTasks(int count) {
        List<Long> turns = new ArrayList<>();
        VirtualLoop.call(loop, () -> {
            for (int i = 0; i < count; i++) {
                loop.execute(() -> turns.add(loop.turns()));
            }
            return null;
        });
        VirtualLoop.await(() -> VirtualLoop.call(loop, turns::size) == count);
        return turns;
    }
}
