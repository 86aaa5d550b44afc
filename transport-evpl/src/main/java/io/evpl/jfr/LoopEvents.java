package io.evpl.jfr;

import io.evpl.metrics.Protocol;
import io.netty.channel.Channel;
import jdk.jfr.FlightRecorder;

import java.net.SocketAddress;

/**
 * Tells a recording what happens, if there is one: without, each call is a look at a flag. Nothing is made or registered before the
 * process's first recording begins, and nothing at all in a runtime without the module {@code jdk.jfr}.
 */
public final class LoopEvents {
    private static final boolean THERE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private LoopEvents() {
    }

    /** Events are classes that bring a hundred of the JDK's with them: none is touched before there is a recorder. */
    private static boolean mayRecord() {
        return THERE && FlightRecorder.isInitialized();
    }

    /** A peer's connection came to the loop of this thread. */
    public static void accepted(Protocol protocol, Channel channel) {
        if (mayRecord() && AcceptEvent.IDLE.isEnabled()) {
            AcceptEvent event = new AcceptEvent();
            event.protocol = protocol.label();
            event.localAddress = text(channel.localAddress());
            event.remoteAddress = text(channel.remoteAddress());
            event.commit();
        }
    }

    /** A connect of this thread's loop ended. @param failure null: connected */
    public static void connected(Protocol protocol, Channel channel, SocketAddress remote, Throwable failure) {
        if (mayRecord() && ConnectEvent.IDLE.isEnabled()) {
            ConnectEvent event = new ConnectEvent();
            event.protocol = protocol.label();
            event.localAddress = text(channel.localAddress());
            event.remoteAddress = text(remote);
            event.failure = text(failure);
            event.commit();
        }
    }

    /** A connection of this thread's loop is closed. @param by whose doing it was @param cause null unless it failed */
    public static void closed(Protocol protocol, Channel channel, String by, Throwable cause) {
        if (mayRecord() && CloseEvent.IDLE.isEnabled()) {
            CloseEvent event = new CloseEvent();
            event.protocol = protocol.label();
            event.localAddress = text(channel.localAddress());
            event.remoteAddress = text(channel.remoteAddress());
            event.by = by;
            event.cause = text(cause);
            event.commit();
        }
    }

    /** This thread's loop begins. @param reason why not the other backend; null if that was not refused */
    public static void backendChosen(String backend, String reason, int cpu) {
        if (mayRecord() && BackendChoiceEvent.IDLE.isEnabled()) {
            BackendChoiceEvent event = new BackendChoiceEvent();
            event.backend = backend;
            event.reason = text(reason);
            event.cpu = cpu;
            event.commit();
        }
    }

    /** Whether {@link #turnBegins} is worth calling: a turn's length is measured only for a recording. */
    public static boolean watchesTurns() {
        return mayRecord() && SlowTurnEvent.IDLE.isEnabled();
    }

    /** @return what {@link #turnEnded} takes; called only if {@link #watchesTurns} */
    public static Object turnBegins() {
        SlowTurnEvent event = new SlowTurnEvent();
        event.begin();
        return event;
    }

    /** The work of a turn is done; it is told if it took longer than the event's threshold. */
    public static void turnEnded(Object turn, long number, int channels) {
        SlowTurnEvent event = (SlowTurnEvent) turn;
        event.end();
        if (event.shouldCommit()) {
            event.turn = number;
            event.channels = channels;
            event.commit();
        }
    }

    private static String text(Object value) {
        return value == null ? "" : value.toString();
    }
}
