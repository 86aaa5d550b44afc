package io.evpl.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether standard output is a person's terminal. {@code System.console()} also wants standard input to be one. */
public final class Terminal {
    private Terminal() {
    }

    public static boolean isOutput() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false; // no /proc: plain text is always readable
        }
    }

    /** @see <a href="https://no-color.org">no-color.org</a> */
    public static boolean wantsColour() {
        String noColor = System.getenv("NO_COLOR");
        return isOutput() && (noColor == null || noColor.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
    }
}
