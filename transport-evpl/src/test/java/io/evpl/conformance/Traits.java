package io.evpl.conformance;

import java.util.Set;
import java.util.TreeSet;

/**
 * What a model must know of a transport.
 *
 * @param maxPayloadBytes  the longest payload of {@link Op#PAYLOAD_BYTES} that it takes
 * @param maxInFlightBytes what one direction is given at most before it is waited for: less than a socket's buffer where
 *                         what does not fit is lost
 */
record Traits(Set<Capability> capabilities, int maxPayloadBytes, int maxInFlightBytes) {
    boolean has(Capability capability) {
        return capabilities.contains(capability);
    }

    /** Of {@link OpText#everyChoice()}, what a program may do on such a transport. */
    Set<String> choices() {
        Set<String> choices = new TreeSet<>(OpText.everyChoice());
        choices.removeIf(choice -> !has(Capability.CONNECTED) && choice.matches("Listen|StopListen|ConnectRefused|Connect.gr.*[RT]")
                || !has(Capability.HALF_CLOSE) && choice.matches("(Finish|HalfClose)\\b.*|Connect.halfClosure=true")
                || !has(Capability.RESET) && choice.matches("Reset\\b.*")
                || !has(Capability.FILE) && choice.equals("Send.buffer=FILE"));
        Op.PAYLOAD_BYTES.stream().filter(bytes -> bytes <= maxPayloadBytes)
                .forEach(bytes -> choices.add("Send.bytes=" + bytes));
        return choices;
    }
}
