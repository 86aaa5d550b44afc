package io.evpl.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A connection is closed. */
@Name("io.evpl.Close")
@Label("Close")
@Description("A connection is closed")
@Category("evpl")
@StackTrace(false)
final class CloseEvent extends Event {
    /** Asked whether a recording wants such events. */
    static final CloseEvent IDLE = new CloseEvent();

    @Label("Protocol")
    String protocol;

    @Label("Local Address")
    String localAddress;

    @Label("Remote Address")
    String remoteAddress;

    @Label("Closed By")
    String by;

    @Label("Cause")
    String cause;
}
