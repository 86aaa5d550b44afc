package io.evpl.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A peer's connection came to its loop. */
@Name("io.evpl.Accept")
@Label("Accept")
@Description("A peer's connection came to its loop")
@Category("evpl")
@StackTrace(false)
final class AcceptEvent extends Event {
    /** Asked whether a recording wants such events. */
    static final AcceptEvent IDLE = new AcceptEvent();

    @Label("Protocol")
    String protocol;

    @Label("Local Address")
    String localAddress;

    @Label("Remote Address")
    String remoteAddress;
}
