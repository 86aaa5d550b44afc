package io.evpl.linux.uring;

/** What newer kernels add to io_uring, probed one by one; {@code -Dio.evpl.uring.<key>=false} switches one off. */
public enum RingFeature {
    SUBMIT_ALL("submitAll", "5.18", "one bad entry does not hold back those after it"),
    TASKRUN_FLAG("taskrunFlag", "5.19", "the loop spins on shared memory, without system calls"),
    SINGLE_ISSUER("singleIssuer", "6.0", "the kernel skips locks: one thread submits"),
    DEFER_TASKRUN("deferTaskrun", "6.1", "completions are worked off in the loop's own enter, in batches"),
    NO_SQARRAY("noSqarray", "6.6", "one indirection fewer for each entry"),
    REGISTERED_RING_FD("registeredRingFd", "5.18", "no descriptor look-up at each enter"),
    MULTISHOT_POLL("multishotPoll", "5.13", "one wake-up descriptor armed once"),
    MULTISHOT_ACCEPT("multishotAccept", "5.19", "one entry accepts all connections"),
    BUFFER_RING("bufferRing", "5.19", "idle connections hold no receive buffer"),
    MULTISHOT_RECV("multishotRecv", "6.0", "one entry receives for a connection's whole life"),
    MULTISHOT_RECVMSG("multishotRecvmsg", "6.0", "one entry receives all datagrams of a socket"),
    INCREMENTAL_BUFFERS("incrementalBuffers", "6.12", "small messages share a receive buffer"),
    SEND_ZC("sendZc", "6.2", "large buffers are sent without a copy"),
    SENDMSG_ZC("sendmsgZc", "6.2", "so are gathered ones"),
    FIXED_BUFFERS("fixedBuffers", "5.19", "slabs are pinned once, not for each operation");

    private final String key;
    private final String sinceKernel;
    private final String purpose;

    RingFeature(String key, String sinceKernel, String purpose) {
        this.key = key;
        this.sinceKernel = sinceKernel;
        this.purpose = purpose;
    }

    /** Name in {@code -Dio.evpl.uring.<key>}. */
    public String key() {
        return key;
    }

    public String property() {
        return "io.evpl.uring." + key;
    }

    public String sinceKernel() {
        return sinceKernel;
    }

    public String purpose() {
        return purpose;
    }
}
