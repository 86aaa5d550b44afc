package io.evpl.rpc2;

import io.evpl.xdr.XdrCodec;
import io.evpl.xdr.XdrDecoder;
import io.evpl.xdr.XdrEncoder;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** A program whose procedures give back what they are given, in four shapes and as a buffer. */
final class Echo {
    static final int PROGRAM = 0x2045_5650;
    static final int VERSION = 1;

    record Scalars(int i, long h, double d, boolean b, int color) {
    }

    record Bytes(String bounded, byte[] boundedOpaque, String string, byte[] fixed) {
    }

    record Arrays8(int[] bounded, int[] any) {
    }

    record Choice(int kind, Object value) {
    }

    abstract static class Shape<T> implements XdrCodec<T> {
        @Override
        public int minBytes() {
            return 4;
        }
    }

    static final XdrCodec<Scalars> SCALARS_CODEC = new Shape<>() {
        @Override
        public void encode(XdrEncoder out, Scalars v) {
            out.writeInt(v.i);
            out.writeLong(v.h);
            out.writeDouble(v.d);
            out.writeBoolean(v.b);
            out.writeInt(v.color);
        }

        @Override
        public Scalars decode(XdrDecoder in) {
            Scalars v = new Scalars(in.readInt("i"), in.readLong("h"), in.readDouble("d"), in.readBoolean("b"), in.readInt("color"));
            if (v.color < 0 || v.color > 2) {
                throw in.undeclared(v.color, "color");
            }
            return v;
        }
    };
    static final XdrCodec<Bytes> BYTES_CODEC = new Shape<>() {
        @Override
        public void encode(XdrEncoder out, Bytes v) {
            out.writeString(v.bounded, 8, "bounded");
            out.writeOpaque(v.boundedOpaque, 8, "boundedOpaque");
            out.writeString(v.string, 0xFFFF_FFFFL, "string");
            out.writeFixedOpaque(v.fixed, 16, "fixed");
        }

        @Override
        public Bytes decode(XdrDecoder in) {
            return new Bytes(in.readString(8, "bounded"), in.readOpaque(8, "boundedOpaque"), in.readString(0xFFFF_FFFFL, "string"),
                    in.readFixedOpaque(16, "fixed"));
        }
    };
    static final XdrCodec<Arrays8> ARRAYS_CODEC = new Shape<>() {
        @Override
        public void encode(XdrEncoder out, Arrays8 v) {
            out.writeInts(v.bounded, 8, "bounded");
            out.writeInts(v.any, 0xFFFF_FFFFL, "any");
        }

        @Override
        public Arrays8 decode(XdrDecoder in) {
            return new Arrays8(in.readInts(8, "bounded"), in.readInts(0xFFFF_FFFFL, "any"));
        }
    };
    static final XdrCodec<Choice> CHOICE_CODEC = new Shape<>() {
        @Override
        public void encode(XdrEncoder out, Choice v) {
            out.writeInt(v.kind);
            switch (v.kind) {
                case 1 -> out.writeInt((Integer) v.value);
                case 2 -> out.writeString((String) v.value, 0xFFFF_FFFFL, "text");
                default -> {
                }
            }
        }

        @Override
        public Choice decode(XdrDecoder in) {
            int kind = in.readInt("kind");
            return new Choice(kind, switch (kind) {
                case 0 -> null;
                case 1 -> in.readInt("number");
                case 2 -> in.readString(0xFFFF_FFFFL, "text");
                default -> throw in.undeclared(kind, "kind");
            });
        }
    };

    static final RpcProcedure<Scalars, Scalars> SCALARS = procedure(1, "SCALARS", SCALARS_CODEC);
    static final RpcProcedure<Bytes, Bytes> BYTES = procedure(2, "BYTES", BYTES_CODEC);
    static final RpcProcedure<Arrays8, Arrays8> ARRAYS = procedure(3, "ARRAYS", ARRAYS_CODEC);
    static final RpcProcedure<Choice, Choice> CHOICE = procedure(4, "CHOICE", CHOICE_CODEC);
    static final RpcProcedure<ByteBuf, ByteBuf> BUFFER = procedure(5, "BUFFER", XdrCodec.buffer(0xFFFF_FFFFL));
    static final RpcProcedure<String, String> TEXT = procedure(6, "TEXT", XdrCodec.string(0xFFFF_FFFFL));
    static final RpcProcedure<Void, Void> NULL = new RpcProcedure<>(PROGRAM, VERSION, 0, "NULL", XdrCodec.VOID, XdrCodec.VOID);

    /** Arguments that each of the four shapes takes. */
    enum Target {
        SCALARS(1, Wire.of(-7).hyper(Long.MIN_VALUE).hyper(Double.doubleToLongBits(-1.5)).words(1, 2).bytes()),
        BYTES(2, new Wire().string("eight ch").opaque(new byte[] {1, 2, 3}).string("any length").raw(Wire.pattern(16)).bytes()),
        ARRAYS(3, Wire.of(3, 1, 2, 3, 5, 1, 2, 3, 4, -5).bytes()),
        CHOICE(4, Wire.of(2).string("arm").bytes());

        final int procedure;
        final byte[] arguments;

        Target(int procedure, byte[] arguments) {
            this.procedure = procedure;
            this.arguments = arguments;
        }

        Wire.Call call(int xid) {
            return Wire.call(xid).procedure(procedure).arguments(arguments);
        }

        byte[] cut(int bytes) {
            return Arrays.copyOf(arguments, Math.max(0, arguments.length - bytes));
        }
    }

    private Echo() {
    }

    private static <T> RpcProcedure<T, T> procedure(int number, String name, XdrCodec<T> codec) {
        return new RpcProcedure<>(PROGRAM, VERSION, number, name, codec, codec);
    }

    static RpcProgram program() {
        return RpcProgram.builder(PROGRAM, VERSION, "ECHO").procedure(SCALARS, (v, call) -> call.reply(v))
                .procedure(BYTES, (v, call) -> call.reply(v)).procedure(ARRAYS, (v, call) -> call.reply(v))
                .procedure(CHOICE, (v, call) -> call.reply(v)).procedure(BUFFER, (v, call) -> call.reply(v.retain()))
                .procedure(TEXT, (v, call) -> call.reply(v)).build();
    }
}
