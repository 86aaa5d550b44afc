package io.evpl.xdr;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** The codecs of types that the language itself has. */
record BuiltInCodec<T>(int minBytes, BiConsumer<XdrEncoder, T> writer, Function<XdrDecoder, T> reader, Consumer<T> releaser,
        List<String> ddpEligible) implements XdrCodec<T> {
    static final XdrCodec<Void> VOID = of(0, (out, value) -> { }, in -> null);
    static final XdrCodec<Integer> INT = of(4, (out, value) -> out.writeInt(present(out, value, "int")), in -> in.readInt("int"));
    static final XdrCodec<Long> HYPER = of(8, (out, value) -> out.writeLong(present(out, value, "hyper")), in -> in.readLong("hyper"));
    static final XdrCodec<Float> FLOAT = of(4, (out, value) -> out.writeFloat(present(out, value, "float")), in -> in.readFloat("float"));
    static final XdrCodec<Double> DOUBLE = of(8, (out, value) -> out.writeDouble(present(out, value, "double")), in -> in.readDouble("double"));
    static final XdrCodec<Quadruple> QUADRUPLE =
            of(16, (out, value) -> out.writeQuadruple(value, "quadruple"), in -> in.readQuadruple("quadruple"));
    static final XdrCodec<Boolean> BOOL = of(4, (out, value) -> out.writeBoolean(present(out, value, "bool")), in -> in.readBoolean("bool"));

    private static <T> T present(XdrEncoder out, T value, String what) {
        out.present(value, what);
        return value;
    }

    /** The fewest bytes of a fixed array. */
    static int words(int count, int elementBytes) {
        return (int) Math.min((long) count * elementBytes, Integer.MAX_VALUE);
    }

    static <T> XdrCodec<T> of(int minBytes, BiConsumer<XdrEncoder, T> writer, Function<XdrDecoder, T> reader) {
        return new BuiltInCodec<>(minBytes, writer, reader, value -> { }, List.of());
    }

    static XdrCodec<String> string(long maxBytes) {
        return of(4, (out, value) -> out.writeString(value, maxBytes, "string"), in -> in.readString(maxBytes, "string"));
    }

    static XdrCodec<byte[]> opaque(long maxBytes) {
        return of(4, (out, value) -> out.writeOpaque(value, maxBytes, "opaque"), in -> in.readOpaque(maxBytes, "opaque"));
    }

    static XdrCodec<byte[]> fixedOpaque(int sizeBytes) {
        return of((sizeBytes + 3) & ~3, (out, value) -> out.writeFixedOpaque(value, sizeBytes, "opaque"),
                in -> in.readFixedOpaque(sizeBytes, "opaque"));
    }

    static XdrCodec<ByteBuf> buffer(long maxBytes, List<String> ddpEligible) {
        return new BuiltInCodec<>(4, (out, value) -> out.writeBuffer(value, maxBytes, "opaque"),
                in -> in.readBuffer(maxBytes, "opaque"), ReferenceCountUtil::release, ddpEligible);
    }

    static <T> XdrCodec<T> optional(XdrCodec<T> of) {
        return new BuiltInCodec<>(4, (out, value) -> out.writeOptional(value, of), in -> in.readOptional(of, "optional"),
                value -> {
                    if (value != null) {
                        of.release(value);
                    }
                },
                of.ddpEligible());
    }

    @Override
    public void encode(XdrEncoder out, T value) {
        writer.accept(out, value);
    }

    @Override
    public T decode(XdrDecoder in) {
        return reader.apply(in);
    }

    @Override
    public void release(T value) {
        releaser.accept(value);
    }
}
