package io.evpl.linux.uring;

import java.util.Arrays;

/** The contract on the kernel that tests play. */
class ScriptedKernelContractTest extends RingKernelContract {
    private static final int FIRST_FD = 1000;

    private ScriptedKernel kernel;
    private int fds;

    @Override
    Ring open(int sqEntries, int cqEntries) {
        kernel = ScriptedKernel.of(sqEntries, cqEntries);
        kernel.deferTaskWork();
        return new Ring(kernel, kernel.memory());
    }

    @Override
    void needs(RingFeature feature) {
        // the script has them all
    }

    @Override
    Peer connect() {
        int fd = FIRST_FD + fds++;
        ScriptedSocket socket = kernel.socket(fd);
        return new Peer() {
            @Override
            public int fd() {
                return fd;
            }

            @Override
            public void sends(byte[] data) {
                socket.arrives(data);
            }

            @Override
            public byte[] receives(int bytes) {
                return Arrays.copyOf(socket.takeSent(), bytes);
            }

            @Override
            public void ends() {
                socket.ends();
            }
        };
    }

    @Override
    void close() {
        // the ring closed its kernel
    }
}
