package io.evpl.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A loop began. */
@Name("io.evpl.BackendChoice")
@Label("Backend Choice")
@Description("A loop began")
@Category("evpl")
@StackTrace(false)
final class BackendChoiceEvent extends Event {
    /** Asked whether a recording wants such events. */
    static final BackendChoiceEvent IDLE = new BackendChoiceEvent();

    @Label("Backend")
    String backend;

    @Label("Why Not io_uring")
    String reason;

    @Label("CPU It Is Pinned To, or -1")
    int cpu;
}
