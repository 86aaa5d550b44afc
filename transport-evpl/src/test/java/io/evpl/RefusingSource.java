package io.evpl;

import io.evpl.loop.IoSource;

import java.util.function.BooleanSupplier;

/** Another source without its descriptor, that is not to be armed before something has come about. */
class RefusingSource implements IoSource {
    private final IoSource source;
    private final BooleanSupplier mayArm;

    RefusingSource(IoSource source, BooleanSupplier mayArm) {
        this.source = source;
        this.mayArm = mayArm;
    }

    @Override
    public int poll(int budget) {
        return source.poll(budget);
    }

    @Override
    public boolean arm() {
        return mayArm.getAsBoolean() && source.arm();
    }

    @Override
    public void disarm() {
        source.disarm();
    }

    @Override
    public int wakeFd() {
        return -1;
    }

    @Override
    public void close() {
        source.close();
    }
}
