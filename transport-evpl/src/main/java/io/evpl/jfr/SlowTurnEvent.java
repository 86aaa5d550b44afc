package io.evpl.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** The work of a loop's turn took longer than the threshold: others had to wait. */
@Name("io.evpl.SlowTurn")
@Label("Slow Turn")
@Description("The work of a loop's turn took longer than the threshold: others had to wait")
@Category("evpl")
@StackTrace(false)
@Threshold("10 ms")
final class SlowTurnEvent extends Event {
    /** Asked whether a recording wants such events. */
    static final SlowTurnEvent IDLE = new SlowTurnEvent();

    @Label("Turn")
    long turn;

    @Label("Channels")
    int channels;
}
