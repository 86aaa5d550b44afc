package io.evpl.channel;

import io.evpl.channel.ConnectionState.Action;
import io.evpl.channel.ConnectionState.State;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConnectionStateTest {
    private static final String ILLEGAL = "!";

    /** What can happen to a connection. */
    enum Event {
        ACCEPTED(ConnectionState::onAccepted),
        CONNECT_STARTED(ConnectionState::onConnectStarted),
        CONNECTED(ConnectionState::onConnected),
        CONNECT_FAILED(ConnectionState::onConnectFailed),
        INPUT_ENDED(state -> state.onInputEnded(false)),
        INPUT_ENDED_HALF(state -> state.onInputEnded(true)),
        OUTPUT_ENDED(ConnectionState::onOutputEnded),
        CLOSE_IDLE(state -> state.onClose(false)),
        CLOSE_BUSY(state -> state.onClose(true)),
        DRAINED(ConnectionState::onDrained);

        private final Function<ConnectionState, Action> happens;

        Event(Function<ConnectionState, Action> happens) {
            this.happens = happens;
        }
    }

    /** One row a state, in the order of {@link Event}: next state and action, or ! where the event cannot happen. */
    private static final Object[][] TABLE = {
        {State.FRESH, "ACTIVE NONE", "CONNECTING NONE", ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL,
            "CLOSED CLOSE_FD", "CLOSING CANCEL", ILLEGAL},
        {State.CONNECTING, ILLEGAL, ILLEGAL, "ACTIVE FIRE_ACTIVE", "CONNECTING FAIL_CONNECT", ILLEGAL, ILLEGAL, ILLEGAL,
            "CLOSED CLOSE_FD", "CLOSING CANCEL", ILLEGAL},
        {State.ACTIVE, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, "ACTIVE CLOSE", "INPUT_ENDED FIRE_INPUT_ENDED",
            "OUTPUT_ENDED NONE", "CLOSED CLOSE_FD", "CLOSING CANCEL", ILLEGAL},
        {State.INPUT_ENDED, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, "INPUT_ENDED NONE", "INPUT_ENDED NONE",
            "BOTH_ENDED NONE", "CLOSED CLOSE_FD", "CLOSING CANCEL", ILLEGAL},
        {State.OUTPUT_ENDED, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, "OUTPUT_ENDED CLOSE", "BOTH_ENDED FIRE_INPUT_ENDED",
            "OUTPUT_ENDED NONE", "CLOSED CLOSE_FD", "CLOSING CANCEL", ILLEGAL},
        {State.BOTH_ENDED, ILLEGAL, ILLEGAL, ILLEGAL, ILLEGAL, "BOTH_ENDED NONE", "BOTH_ENDED NONE",
            "BOTH_ENDED NONE", "CLOSED CLOSE_FD", "CLOSING CANCEL", ILLEGAL},
        {State.CLOSING, ILLEGAL, ILLEGAL, "CLOSING NONE", "CLOSING NONE", "CLOSING NONE", "CLOSING NONE",
            "CLOSING NONE", "CLOSING NONE", "CLOSING NONE", "CLOSED CLOSE_FD"},
        {State.CLOSED, ILLEGAL, ILLEGAL, "CLOSED NONE", "CLOSED NONE", "CLOSED NONE", "CLOSED NONE",
            "CLOSED NONE", "CLOSED NONE", "CLOSED NONE", "CLOSED NONE"},
    };

    static Stream<Arguments> pairs() {
        List<Arguments> pairs = new ArrayList<>();
        for (Object[] row : TABLE) {
            for (Event event : Event.values()) {
                pairs.add(Arguments.of(row[0], event, row[1 + event.ordinal()]));
            }
        }
        return pairs.stream();
    }

    /** The shortest way there. */
    private static ConnectionState in(State state) {
        ConnectionState connection = new ConnectionState();
        List<Event> way = switch (state) {
            case FRESH -> List.of();
            case CONNECTING -> List.of(Event.CONNECT_STARTED);
            case ACTIVE -> List.of(Event.ACCEPTED);
            case INPUT_ENDED -> List.of(Event.ACCEPTED, Event.INPUT_ENDED_HALF);
            case OUTPUT_ENDED -> List.of(Event.ACCEPTED, Event.OUTPUT_ENDED);
            case BOTH_ENDED -> List.of(Event.ACCEPTED, Event.OUTPUT_ENDED, Event.INPUT_ENDED_HALF);
            case CLOSING -> List.of(Event.ACCEPTED, Event.CLOSE_BUSY);
            case CLOSED -> List.of(Event.ACCEPTED, Event.CLOSE_IDLE);
        };
        way.forEach(event -> event.happens.apply(connection));
        assertEquals(state, connection.state());
        return connection;
    }

    @Test
    void theTableHasEveryState() {
        assertEquals(List.of(State.values()), Stream.of(TABLE).map(row -> row[0]).toList());
    }

    @ParameterizedTest(name = "{0} x {1} = {2}")
    @MethodSource("pairs")
    void everyEventInEveryStateDoesWhatTheTableSays(State state, Event event, String expected) {
        ConnectionState connection = in(state);
        if (expected.equals(ILLEGAL)) {
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> event.happens.apply(connection));
            assertTrue(e.getMessage().endsWith("in state " + state), e.getMessage());
            assertEquals(state, connection.state(), "an illegal event changes nothing");
        } else {
            Action action = event.happens.apply(connection);
            assertEquals(expected, connection.state() + " " + action);
        }
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void whatAStateSaysOfTheChannel(State state) {
        ConnectionState connection = in(state);
        String expected = switch (state) {
            case FRESH, CONNECTING -> "open";
            case ACTIVE -> "open active";
            case INPUT_ENDED -> "open active input-ended";
            case OUTPUT_ENDED -> "open active output-ended";
            case BOTH_ENDED -> "open active input-ended output-ended";
            case CLOSING, CLOSED -> "input-ended output-ended";
        };
        List<String> words = new ArrayList<>();
        if (connection.isOpen()) {
            words.add("open");
        }
        if (connection.isActive()) {
            words.add("active");
        }
        if (connection.isInputEnded()) {
            words.add("input-ended");
        }
        if (connection.isOutputEnded()) {
            words.add("output-ended");
        }
        assertEquals(expected, String.join(" ", words));
    }
}
