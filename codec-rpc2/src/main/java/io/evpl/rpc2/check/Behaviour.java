package io.evpl.rpc2.check;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What {@link HostileServer} does to the first call of each connection, and what a right client makes of it. Later calls are
 * answered with their arguments as results, so that a client can show whether it still works.
 *
 * @param id   of the requirement in the specification
 * @param name unique
 */
public record Behaviour(String id, String name, Ending ending, Fate fate, Delivery delivery, Script script) {
    /** How the first call ends at a right client. */
    public enum Ending {
        SUCCESS,
        FAILURE,
        /** It stays open until the second call has come, which is answered first; then it succeeds. */
        SUCCESS_AFTER_THE_NEXT
    }

    /** Of the connection. */
    public enum Fate { KEPT, MAY_CLOSE, GONE }

    /** What is done when a call has come, on the connection's thread. */
    public interface Script {
        void answer(ReceivedCall call, HostileServer.Peer peer) throws IOException;
    }

    /** One of the tester's own, given in one write. */
    public static Behaviour of(String id, String name, Ending ending, Fate fate, Script script) {
        return new Behaviour(id, name, ending, fate, Delivery.ONE_WRITE, script);
    }

    /** The same, its bytes given in another way. */
    public Behaviour delivered(Delivery way) {
        return new Behaviour(id, name, ending, fate, way, script);
    }

    /** All that the specification names, each in one write. */
    public static List<Behaviour> all() {
        return Behaviours.ALL;
    }

    /** All of them in each way of delivery. */
    public static List<Behaviour> matrix() {
        return all().stream().flatMap(behaviour -> Arrays.stream(Delivery.values()).map(behaviour::delivered)).toList();
    }

    public static Optional<Behaviour> named(String name) {
        return all().stream().filter(behaviour -> behaviour.name.equals(name)).findFirst();
    }

    @Override
    public String toString() {
        return id + " " + name + ", " + delivery;
    }
}
