package io.evpl.examples.perf.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A child's end of the pipe to its parent. The parent's death closes the pipe, and that ends the child, whatever it is doing. */
final class ParentLink {
    private final BlockingQueue<ControlLine> orders = new LinkedBlockingQueue<>();
    private final PrintStream out = System.out;

    private ParentLink() { }

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
                orders.add(ControlLine.parse(line));
            }
        } catch (IOException e) {
            // The same as the end of the input: no one is left to report to.
        }
        Runtime.getRuntime().halt(0);
    }

    /** Waits as long as the parent lives. */
    ControlLine nextOrder() throws InterruptedException {
        return orders.take();
    }

    synchronized void say(ControlLine line) {
        out.println(line);
        out.flush();
    }
}
