package io.evpl.linux.uring;

import io.evpl.linux.Errno;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The contract on the running kernel, set up as a loop's ring is. */
class LinuxRingKernelContractTest extends RingKernelContract {
    private final List<TcpPair> pairs = new ArrayList<>();
    private final RingFeatures features = RingFeatures.probe();

    @Override
    Ring open(int sqEntries, int cqEntries) throws IOException {
        assumeTrue(features.available(), features::cause);
        LinuxRingKernel kernel = LinuxRingKernel.open(sqEntries, cqEntries, features.setupFlags());
        assertEquals(0, kernel.enable(), () -> Errno.text(-kernel.enable()));
        return new Ring(kernel, kernel.memory());
    }

    @Override
    void needs(RingFeature feature) {
        assumeTrue(features.has(feature), () -> feature.key() + " needs Linux " + feature.sinceKernel());
    }

    @Override
    Peer connect() {
        TcpPair pair = TcpPair.open();
        pairs.add(pair);
        return new Peer() {
            @Override
            public int fd() {
                return pair.near();
            }

            @Override
            public void sends(byte[] data) {
                pair.sends(data);
            }

            @Override
            public byte[] receives(int bytes) {
                return pair.receives(bytes);
            }

            @Override
            public void ends() {
                pair.ends();
            }
        };
    }

    @Override
    void close() {
        pairs.forEach(TcpPair::close);
    }
}
