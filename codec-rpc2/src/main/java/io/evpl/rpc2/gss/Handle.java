package io.evpl.rpc2.gss;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/** Names a context of this server: 16 random bytes, so that nobody guesses another's. */
record Handle(long high, long low) {
    static final int BYTES = 16;

    static Handle random(SecureRandom random) {
        return new Handle(random.nextLong(), random.nextLong());
    }

    /** @return null if it is none of ours */
    static Handle at(ByteBuf buffer, int index, int bytes) {
        return bytes == BYTES ? new Handle(buffer.getLong(index), buffer.getLong(index + Long.BYTES)) : null;
    }

    byte[] bytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }
}
