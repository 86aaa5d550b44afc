package io.evpl.examples.perf.scenario;

import java.util.List;
import java.util.stream.Collectors;

/** The modes there are. */
public final class Modes {
    public static final Mode PINGPONG = new PingPong();
    public static final Mode STREAM = new Stream();
    public static final List<Mode> ALL = List.of(PINGPONG, STREAM);

    private Modes() { }

    /** @throws IllegalArgumentException naming the modes there are */
    public static Mode named(String name) {
        for (Mode mode : ALL) {
            if (mode.name().equals(name)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("unknown mode '" + name + "'; known: " + names());
    }

    public static String names() {
        return ALL.stream().map(Mode::name).collect(Collectors.joining(", "));
    }
}
