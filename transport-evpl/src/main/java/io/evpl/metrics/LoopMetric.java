package io.evpl.metrics;

/** What a loop counts of itself. */
public enum LoopMetric {
    TURNS("evpl_loop_turns_total", true, "Turns of the loop"),
    KERNEL_ENTRIES("evpl_loop_kernel_entries_total", true, "System calls to submit, collect or sleep"),
    SLEEPS("evpl_loop_sleeps_total", true, "Times the loop went to sleep"),
    WAKEUPS("evpl_loop_wakeups_total", true, "Sleeps that another thread ended for a task, a doorbell or a timer"),
    SPINS("evpl_loop_spins_total", true, "Times the idle loop looked on instead of going to sleep"),
    SPIN_HITS("evpl_loop_spin_hits_total", true, "Spins that found work"),
    SPIN_NS("evpl_loop_spin_ns_total", true, "Nanoseconds spent spinning"),
    CHANNELS("evpl_loop_channels", false, "Channels registered with the loop, listening ones too"),
    PENDING_TASKS("evpl_loop_pending_tasks", false, "Tasks that wait for the loop"),
    LENT_BYTES("evpl_allocator_lent_bytes", false, "Receive buffers lent to the kernel");

    private final String metric;
    private final boolean counter;
    private final String help;

    LoopMetric(String metric, boolean counter, String help) {
        this.metric = metric;
        this.counter = counter;
        this.help = help;
    }

    /** Its name in Prometheus. */
    public String metric() {
        return metric;
    }

    /** Whether it only grows; else it is what there is now. */
    public boolean isCounter() {
        return counter;
    }

    /** What it means. */
    public String help() {
        return help;
    }
}
