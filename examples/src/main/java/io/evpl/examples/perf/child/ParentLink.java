package io.evpl.examples.perf.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A child's end of the pipe to its parent, shared by its roles. The parent's death closes the pipe, and that ends the child, whatever
 * it is doing.
 */
final class ParentLink {
    private final Map<Role, BlockingQueue<ControlLine>> orders = new EnumMap<>(Role.class);
    private final PrintStream out = System.out;

    private ParentLink() {
        for (Role role : Role.values()) {
            orders.put(role, new LinkedBlockingQueue<>());
        }
    }

    static ParentLink open() {
        ParentLink link = new ParentLink();
        // What libraries print must not look like an answer.
        System.setOut(System.err);
        Thread reader = new Thread(link::read, "orders");
        reader.setDaemon(true);
        reader.start();
        return link;
    }

    private void read() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                orders.get(Role.of(line)).add(Role.line(line));
            }
        } catch (IOException e) {
            // The same as the end of the input: no one is left to report to.
        }
        Runtime.getRuntime().halt(0);
    }

    /** Waits as long as the parent lives. */
    ControlLine nextOrder(Role role) throws InterruptedException {
        return orders.get(role).take();
    }

    synchronized void say(Role role, ControlLine line) {
        out.println(role.address(line));
        out.flush();
    }
}
