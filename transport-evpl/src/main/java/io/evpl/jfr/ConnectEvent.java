package io.evpl.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A connect ended. */
@Name("io.evpl.Connect")
@Label("Connect")
@Description("A connect ended")
@Category("evpl")
@StackTrace(false)
final class ConnectEvent extends Event {
    /** Asked whether a recording wants such events. */
    static final ConnectEvent IDLE = new ConnectEvent();

    @Label("Protocol")
    String protocol;

    @Label("Local Address")
    String localAddress;

    @Label("Remote Address")
    String remoteAddress;

    @Label("Failure")
    String failure;
}
