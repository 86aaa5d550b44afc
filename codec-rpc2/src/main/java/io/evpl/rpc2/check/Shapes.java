package io.evpl.rpc2.check;

import java.util.List;

/** The arguments of {@code conformance.x}, built by hand: {@code src/test/xdr/conformance.x} is what they must be like. */
final class Shapes {
    static final int PROGRAM = 0x2000_0199;
    static final int VERSION = 1;
    static final int ECHO_SCALARS = 1;
    static final int ECHO_BYTES = 2;
    static final int ECHO_ARRAYS = 3;
    static final int ECHO_UNION = 4;
    static final int ECHO_OPTIONAL = 5;
    static final int ECHO_LIST = 6;
    static final int ECHO_NESTED = 7;
    static final int ECHO_PAYLOAD = 8;
    static final int ECHO_BOOL = 9;
    static final int DISCARD = 11; // 10 is nobody's: row RS10
    static final int BOUND = 8; // of all that is bounded
    static final int FIXED_BYTES = 16;
    static final int TRAILER = 0x7eed_1234; // follows what varies, and shows whether it was read to its end

    /** A procedure with arguments that are right. */
    record Subject(String name, int procedure, byte[] arguments) {
    }

    /** Those whose envelope is checked with each row. */
    static final List<Subject> SUBJECTS = List.of(
            new Subject("scalars", ECHO_SCALARS, new Scalars().bytes()),
            new Subject("bytes", ECHO_BYTES, new Bytes().bytes()),
            new Subject("arrays", ECHO_ARRAYS, new Arrays().bytes()),
            new Subject("union", ECHO_UNION, union(3, pair(-9, 1L << 40))));

    private Shapes() {
    }

    /** {@code struct scalars}. */
    record Scalars(int i, int u, long h, long uh, int floatBits, long doubleBits, int flag, int hue) {
        Scalars() {
            this(-1, 7, -2, 9, Float.floatToRawIntBits(1.5f), Double.doubleToRawLongBits(-2.25), 1, 5);
        }

        byte[] bytes() {
            return new RawXdr().ints(i, u).u64(h).u64(uh).u32(floatBits).u64(doubleBits).ints(flag, hue).bytes();
        }

        Scalars i(int value) {
            return new Scalars(value, u, h, uh, floatBits, doubleBits, flag, hue);
        }

        Scalars u(int value) {
            return new Scalars(i, value, h, uh, floatBits, doubleBits, flag, hue);
        }

        Scalars h(long value) {
            return new Scalars(i, u, value, uh, floatBits, doubleBits, flag, hue);
        }

        Scalars uh(long value) {
            return new Scalars(i, u, h, value, floatBits, doubleBits, flag, hue);
        }

        Scalars floatBits(int value) {
            return new Scalars(i, u, h, uh, value, doubleBits, flag, hue);
        }

        Scalars doubleBits(long value) {
            return new Scalars(i, u, h, uh, floatBits, value, flag, hue);
        }

        Scalars flag(int value) {
            return new Scalars(i, u, h, uh, floatBits, doubleBits, value, hue);
        }

        Scalars hue(int value) {
            return new Scalars(i, u, h, uh, floatBits, doubleBits, flag, value);
        }
    }

    /** {@code struct byte_strings}: the string comes first, so that its length is the first word of the arguments. */
    record Bytes(byte[] text, byte[] text8, byte[] data, byte[] data8) {
        Bytes() {
            this(RawXdr.pattern(11), RawXdr.pattern(5), RawXdr.pattern(6), RawXdr.pattern(3));
        }

        byte[] bytes() {
            return new RawXdr().opaque(text).opaque(text8).opaque(data).opaque(data8).fixed(RawXdr.pattern(FIXED_BYTES))
                    .u32(TRAILER).bytes();
        }

        Bytes text(int length) {
            return new Bytes(RawXdr.pattern(length), text8, data, data8);
        }

        Bytes text8(int length) {
            return new Bytes(text, RawXdr.pattern(length), data, data8);
        }

        Bytes data(int length) {
            return new Bytes(text, text8, RawXdr.pattern(length), data8);
        }

        Bytes data8(int length) {
            return new Bytes(text, text8, data, RawXdr.pattern(length));
        }
    }

    /** {@code struct arrays}, by the numbers of elements. */
    record Arrays(int open, int bounded, int pairs) {
        Arrays() {
            this(3, 2, 1);
        }

        byte[] bytes() {
            RawXdr out = new RawXdr().ints(11, -12, 13, -14);
            numbers(out, open);
            numbers(out, bounded);
            out.raw(pair(1, -1)).raw(pair(2, Long.MIN_VALUE)).u32(pairs);
            for (int i = 0; i < pairs; i++) {
                out.raw(pair(i, -i));
            }
            return out.u32(TRAILER).bytes();
        }

        private static void numbers(RawXdr out, int count) {
            out.u32(count);
            for (int i = 0; i < count; i++) {
                out.u32(0x0101_0101 * i);
            }
        }
    }

    static byte[] pair(int first, long second) {
        return new RawXdr().u32(first).u64(second).bytes();
    }

    /** {@code struct choice}: an arm and what follows it. */
    static byte[] union(int kind, byte... arm) {
        return new RawXdr().u32(kind).raw(arm).u32(TRAILER).bytes();
    }

    /** {@code struct optionals}. */
    static byte[] optionals(boolean number, boolean both) {
        RawXdr out = new RawXdr();
        if (number) {
            out.ints(1, -77);
        } else {
            out.u32(0);
        }
        if (both) {
            out.u32(1).raw(pair(5, 6));
        } else {
            out.u32(0);
        }
        return out.u32(TRAILER).bytes();
    }

    /** {@code struct linked}. */
    static byte[] linked(int nodes) {
        RawXdr out = new RawXdr();
        for (int i = 0; i < nodes; i++) {
            out.ints(1, i * i);
        }
        return out.ints(0, TRAILER).bytes();
    }

    /** {@code struct nested}: a chain's pointer comes before its value, so it is no list. */
    static byte[] nested(int depth) {
        RawXdr out = new RawXdr().raw(inner(1, 0)).raw(inner(2, 5)).raw(inner(3, 8));
        for (int i = 0; i < depth; i++) {
            out.u32(1);
        }
        out.u32(0);
        for (int i = 0; i < depth; i++) {
            out.u32(i);
        }
        return out.u32(TRAILER).bytes();
    }

    private static byte[] inner(int number, int nameLength) {
        return new RawXdr().u32(number).opaque(RawXdr.pattern(nameLength)).bytes();
    }

    /** {@code struct payload}. */
    static byte[] payload(int length, int boundedLength) {
        return new RawXdr().u32(~TRAILER).opaque(RawXdr.pattern(length)).opaque(RawXdr.pattern(boundedLength)).u32(TRAILER)
                .bytes();
    }
}
