package io.evpl.xdr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evpl.xdr.awkward.Aliased;
import io.evpl.xdr.awkward.Colour;
import io.evpl.xdr.awkward.RecordV1;
import io.evpl.xdr.awkward.Recursive;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

/** awkward.x, whose names Java would not have. */
class AwkwardNamesTest {
    private final XdrEncoder out = new XdrEncoder();
    private final XdrDecoder in = new XdrDecoder();

    private <T> T echoed(XdrCodec<T> codec, T value) {
        out.start(UnpooledByteBufAllocator.DEFAULT);
        codec.encode(out, value);
        ByteBuf message = out.finish();
        try {
            in.start(message);
            T decoded = codec.decode(in);
            in.end();
            return decoded;
        } finally {
            message.release();
        }
    }

    @Test
    void enumeratorsThatAreTakenHaveAnUnderscore() {
        assertEquals(1, Colour.value_.value());
        assertEquals(4, Colour.CODEC_.value());
        assertSame(Colour.RED, Colour.ALIAS);
        assertSame(Colour.value_, echoed(Colour.CODEC, Colour.value_));
    }

    @Test
    void proceduresThatAreTakenHaveAnUnderscoreAndTellTheirOwnNames() {
        assertEquals("null", RecordV1.null_.name());
        assertEquals("caller", RecordV1.caller_.name());
        assertEquals("class", RecordV1.class_.name());
        assertEquals("arguments", RecordV1.arguments_.name());
        assertEquals("arg1", RecordV1.arg1_.name());
        assertEquals(10, RecordV1.VERSION_.number());
        assertEquals(1, RecordV1.VERSION);
        assertEquals(-1, RecordV1.PROGRAM);
    }

    @Test
    void unsignedLabelBeyondAnIntIsFoundAndNobodyElseMayHaveIt() {
        Recursive large = echoed(Recursive.CODEC, new Recursive.In(7, new Recursive.Value(5)));
        assertEquals(new Recursive.In(7, new Recursive.Value(5)), large);
        assertThrows(XdrException.class, () -> echoed(Recursive.CODEC, new Recursive.In(-1, null)));
    }

    @Test
    void armOfAnotherNameForTheSameValueIsTheSameArm() {
        assertThrows(XdrException.class, () -> echoed(Aliased.CODEC, new Aliased.Value_(Colour.ALIAS, 1)));
        assertEquals(new Aliased.Value_(Colour.CODEC_, 1), echoed(Aliased.CODEC, new Aliased.Value_(Colour.CODEC_, 1)));
    }
}
