package io.evpl.rpc2;

import io.evpl.xdr.XdrCodec;
import io.evpl.xdr.XdrDecoder;
import io.evpl.xdr.XdrEncoder;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The program of conformance.x, whose procedures give back what they got. A struct is the list of its members. */
final class ConformanceProgram {
    static final int NUMBER = 0x2000_0199;
    static final int VERSION = 1;
    private static final int ECHO_PAYLOAD = 8;
    private static final int DISCARD = 11;
    private static final long ANY = 0xffff_ffffL;
    private static final int BOUND = 8;

    private interface Reader {
        Object read(XdrDecoder in);
    }

    private interface Writer {
        void write(XdrEncoder out, Object value);
    }

    private static class Shape implements XdrCodec<Object> {
        private final Reader reader;
        private final Writer writer;
        private final int minBytes;

        Shape(int minBytes, Reader reader, Writer writer) {
            this.reader = reader;
            this.writer = writer;
            this.minBytes = minBytes;
        }

        @Override
        public void encode(XdrEncoder out, Object value) {
            writer.write(out, value);
        }

        @Override
        public Object decode(XdrDecoder in) {
            return reader.read(in);
        }

        @Override
        public int minBytes() {
            return minBytes;
        }
    }

    private static final Shape INT = new Shape(4, in -> in.readInt("int"), (out, value) -> out.writeInt((Integer) value));
    private static final Shape HYPER = new Shape(8, in -> in.readLong("hyper"), (out, value) -> out.writeLong((Long) value));
    private static final Shape FLOAT = new Shape(4, in -> in.readFloat("float"), (out, value) -> out.writeFloat((Float) value));
    private static final Shape DOUBLE = new Shape(8, in -> in.readDouble("double"), (out, value) -> out.writeDouble((Double) value));
    private static final Shape BOOL = new Shape(4, in -> in.readBoolean("bool"), (out, value) -> out.writeBoolean((Boolean) value));
    private static final Shape COLOUR = new Shape(4, ConformanceProgram::colour, (out, value) -> out.writeInt((Integer) value));
    private static final Shape PAIR = struct(INT, HYPER);
    private static final Shape INNER = struct(INT, string(ANY));
    private static final Shape ARM = new Shape(4, ConformanceProgram::arm, (out, value) -> {
        Object kind = ((List<?>) value).getFirst();
        out.writeInt((Integer) kind);
        armOf((Integer) kind).encode(out, ((List<?>) value).getLast());
    });
    private static final Shape NODES = new Shape(4, ConformanceProgram::nodes, (out, value) -> {
        for (Object node : (List<?>) value) {
            out.writeBoolean(true);
            out.writeInt((Integer) node);
        }
        out.writeBoolean(false);
    });
    private static final Shape CHAIN = new Shape(8, ConformanceProgram::chain, ConformanceProgram::writeChain);

    /** By procedure number, from 1. */
    private static final List<Shape> ARGUMENTS = List.of(
            struct(INT, INT, HYPER, HYPER, FLOAT, DOUBLE, BOOL, COLOUR),
            struct(string(ANY), string(BOUND), opaque(ANY), opaque(BOUND),
                    new Shape(16, in -> in.readFixedOpaque(16, "block"), (out, value) -> out.writeFixedOpaque((byte[]) value, 16, "block")),
                    INT),
            struct(INT, INT, INT, INT, ints(ANY), ints(BOUND), PAIR, PAIR, list(PAIR), INT),
            struct(ARM, INT),
            struct(optional(INT), optional(PAIR), INT),
            struct(NODES, INT),
            struct(INNER, INNER, INNER, optional(CHAIN), INT),
            struct(INT, buffer(ANY), buffer(BOUND), INT),
            BOOL);

    private ConformanceProgram() {
    }

    /** The procedure that echoes a struct which begins with a string. */
    static RpcProcedure<Object, Object> echoBytes() {
        return procedure(2);
    }

    private static RpcProcedure<Object, Object> procedure(int number) {
        Shape shape = ARGUMENTS.get(number - 1);
        return new RpcProcedure<>(NUMBER, VERSION, number, "ECHO_" + number, shape, shape);
    }

    static RpcProgram program() {
        RpcProgram.Builder program = RpcProgram.builder(NUMBER, VERSION, "CONFORMANCE");
        for (int number = 1; number <= ARGUMENTS.size(); number++) {
            program.procedure(procedure(number), number == ECHO_PAYLOAD ? ConformanceProgram::echoRetained
                    : (arguments, call) -> call.reply(arguments));
        }
        return program.procedure(new RpcProcedure<>(NUMBER, VERSION, DISCARD, "DISCARD", ARGUMENTS.get(1), XdrCodec.VOID),
                (_, call) -> call.reply(null)).build();
    }

    /** Arguments and results are both released: what is both is retained once. */
    private static void echoRetained(Object arguments, RpcCall<Object> call) {
        ((List<?>) arguments).stream().filter(ByteBuf.class::isInstance).forEach(buffer -> ((ByteBuf) buffer).retain());
        call.reply(arguments);
    }

    private static Shape struct(Shape... members) {
        return new Shape(Arrays.stream(members).mapToInt(Shape::minBytes).sum(), in -> {
            List<Object> values = new ArrayList<>();
            for (Shape member : members) {
                values.add(member.decode(in));
            }
            return Collections.unmodifiableList(values);
        }, (out, value) -> {
            for (int i = 0; i < members.length; i++) {
                members[i].encode(out, ((List<?>) value).get(i));
            }
        }) {
            @Override
            public void release(Object value) {
                for (int i = 0; i < members.length; i++) {
                    members[i].release(((List<?>) value).get(i));
                }
            }
        };
    }

    private static Shape string(long bound) {
        return new Shape(4, in -> in.readString(bound, "string"), (out, value) -> out.writeString((String) value, bound, "string"));
    }

    private static Shape opaque(long bound) {
        return new Shape(4, in -> in.readOpaque(bound, "opaque"), (out, value) -> out.writeOpaque((byte[]) value, bound, "opaque"));
    }

    private static Shape buffer(long bound) {
        return new Shape(4, in -> in.readBuffer(bound, "buffer"), (out, value) -> out.writeBuffer((ByteBuf) value, bound, "buffer")) {
            @Override
            public void release(Object value) {
                ((ByteBuf) value).release();
            }
        };
    }

    private static Shape ints(long bound) {
        return new Shape(4, in -> in.readInts(bound, "ints"), (out, value) -> out.writeInts((int[]) value, bound, "ints"));
    }

    private static Shape list(Shape element) {
        return new Shape(4, in -> {
            int count = in.readCount(ANY, element.minBytes(), "list");
            List<Object> values = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                values.add(element.decode(in));
            }
            return values;
        }, (out, value) -> {
            out.writeCount((List<?>) value, ANY, "list");
            ((List<?>) value).forEach(each -> element.encode(out, each));
        });
    }

    private static Shape optional(Shape shape) {
        return new Shape(4, in -> in.readBoolean("optional") ? shape.decode(in) : null, (out, value) -> {
            out.writeBoolean(value != null);
            if (value != null) {
                shape.encode(out, value);
            }
        });
    }

    private static Object colour(XdrDecoder in) {
        int value = in.readInt("colour");
        return switch (value) {
            case 0, 1, 5, -7 -> value;
            default -> throw in.undeclared(value, "colour");
        };
    }

    private static Object arm(XdrDecoder in) {
        int kind = in.readInt("kind");
        if (kind < 0 || kind > 3) {
            throw in.undeclared(kind, "kind");
        }
        return List.of(kind, armOf(kind).decode(in));
    }

    private static Shape armOf(int kind) {
        return switch (kind) {
            case 0 -> struct();
            case 1 -> INT;
            case 2 -> string(ANY);
            default -> PAIR;
        };
    }

    private static Object nodes(XdrDecoder in) {
        List<Integer> nodes = new ArrayList<>();
        while (in.readBoolean("next")) {
            nodes.add(in.readInt("value"));
        }
        return nodes;
    }

    private static Object chain(XdrDecoder in) {
        in.enter("chain");
        List<Object> link = new ArrayList<>();
        link.add(in.readBoolean("deeper") ? chain(in) : null);
        link.add(in.readInt("value"));
        in.leave();
        return link;
    }

    private static void writeChain(XdrEncoder out, Object value) {
        out.enter("chain");
        Object deeper = ((List<?>) value).getFirst();
        out.writeBoolean(deeper != null);
        if (deeper != null) {
            writeChain(out, deeper);
        }
        out.writeInt((Integer) ((List<?>) value).getLast());
        out.leave();
    }
}
