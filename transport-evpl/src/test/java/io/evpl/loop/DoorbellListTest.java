package io.evpl.loop;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DoorbellListTest {
    private static final int BELLS = 8;
    private static final int RINGERS = 3;
    private static final int RINGS = 200_000;

    private final DoorbellList list = new DoorbellList();

    /** What a ringer writes before it rings is a plain field: the bell alone makes it visible. */
    private static final class Mailbox {
        private int written;
        private int seen;
    }

    @Test
    void eachAnswerSeesWhatWasWrittenBeforeTheRing() throws Exception {
        Mailbox[][] boxes = new Mailbox[RINGERS][BELLS];
        DoorbellList.Entry[] bells = new DoorbellList.Entry[BELLS];
        for (int bell = 0; bell < BELLS; bell++) {
            int number = bell;
            for (Mailbox[] ofRinger : boxes) {
                ofRinger[bell] = new Mailbox();
            }
            bells[bell] = new DoorbellList.Entry(() -> {
                for (Mailbox[] ofRinger : boxes) {
                    ofRinger[number].seen = ofRinger[number].written;
                }
            });
        }
        AtomicInteger ringing = new AtomicInteger(RINGERS);
        List<Thread> threads = new ArrayList<>();
        for (Mailbox[] mine : boxes) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 1; i <= RINGS; i++) {
                    mine[i % BELLS].written = i;
                    list.ring(bells[i % BELLS]);
                }
                ringing.decrementAndGet();
            }));
        }
        while (ringing.get() > 0 || list.hasRung()) {
            if (list.answer() == 0) {
                Thread.yield();
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (Mailbox[] ofRinger : boxes) {
            for (int bell = 0; bell < BELLS; bell++) {
                assertEquals(ofRinger[bell].written, ofRinger[bell].seen);
            }
        }
    }

    @Test
    void onlyTheFirstRingBeforeAnAnswerAsksForTheLoop() {
        AtomicInteger answers = new AtomicInteger();
        DoorbellList.Entry bell = new DoorbellList.Entry(answers::incrementAndGet);
        assertTrue(list.ring(bell));
        assertFalse(list.ring(bell));
        assertEquals(1, list.answer());
        assertTrue(list.ring(bell));
        assertEquals(1, list.answer());
        assertFalse(list.hasRung());
        assertEquals(2, answers.get());
    }

    @Test
    void aClosedBellIsNeitherRungNorAnswered() {
        AtomicInteger answers = new AtomicInteger();
        DoorbellList.Entry bell = new DoorbellList.Entry(answers::incrementAndGet);
        list.ring(bell);
        list.close(bell);
        assertEquals(0, list.answer());
        assertFalse(list.ring(bell));
        assertFalse(list.hasRung());
        assertEquals(0, answers.get());
    }
}
