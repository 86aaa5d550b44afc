package io.evpl.rpc2.check;

import java.nio.ByteBuffer;

/** Reads the arguments of conformance.x and makes the results of them, by hand. */
final class PlainArguments {
    /** They are not what conformance.x says. */
    static final class Garbage extends Exception {
        @java.io.Serial
        private static final long serialVersionUID = 1L;
    }

    private final ByteBuffer in;
    private final Fault fault;
    private final RawXdr out = new RawXdr();

    PlainArguments(ByteBuffer in, Fault fault) {
        this.in = in;
        this.fault = fault;
    }

    /** @return the results, or null if there is no such procedure */
    byte[] echo(int procedure) throws Garbage {
        switch (procedure) {
            case 0 -> { }
            case Shapes.ECHO_SCALARS -> scalars();
            case Shapes.ECHO_BYTES, Shapes.DISCARD -> byteStrings();
            case Shapes.ECHO_ARRAYS -> arrays();
            case Shapes.ECHO_UNION -> union();
            case Shapes.ECHO_OPTIONAL -> optionals();
            case Shapes.ECHO_LIST -> list();
            case Shapes.ECHO_NESTED -> nested();
            case Shapes.ECHO_PAYLOAD -> payload();
            case Shapes.ECHO_BOOL -> bool();
            default -> {
                return null;
            }
        }
        require(fault == Fault.BYTES_BEHIND_TAKEN || !in.hasRemaining());
        return procedure != Shapes.DISCARD ? out.bytes() : new byte[fault == Fault.VOID_WITH_BYTES ? 4 : 0];
    }

    private void require(boolean fact) throws Garbage {
        if (!fact) {
            throw new Garbage();
        }
    }

    private int word() throws Garbage {
        if (fault == Fault.CUT_ARGUMENTS_TAKEN && in.remaining() < 4) {
            in.position(in.limit());
            return 0;
        }
        require(in.remaining() >= 4);
        int word = in.getInt();
        out.u32(word);
        return word;
    }

    private void words(int count) throws Garbage {
        for (int i = 0; i < count; i++) {
            word();
        }
    }

    private boolean bool() throws Garbage {
        int flag = word();
        require(fault == Fault.ANY_BOOL || flag == 0 || flag == 1);
        return flag != 0;
    }

    private void scalars() throws Garbage {
        words(6);
        require(in.remaining() >= 20);
        int single = in.getInt();
        long twice = in.getLong();
        boolean canonical = fault == Fault.NAN_MADE_CANONICAL;
        out.u32(canonical ? Float.floatToIntBits(Float.intBitsToFloat(single)) : single);
        out.u64(canonical ? Double.doubleToLongBits(Double.longBitsToDouble(twice)) : twice);
        bool();
        int hue = word();
        require(fault == Fault.ANY_ENUM || hue == 0 || hue == 1 || hue == 5 || hue == -7);
    }

    private void opaque(long bound) throws Garbage {
        long length = Integer.toUnsignedLong(word());
        require(length <= bound);
        require((length + 3 & ~3L) <= in.remaining());
        byte[] body = new byte[(int) length];
        in.get(body);
        int pad = (int) (-length & 3);
        in.position(in.position() + pad);
        if (fault == Fault.LAST_BYTE_OF_PAYLOAD_LOST && length > 0) {
            body[(int) length - 1] = 0;
        }
        out.raw(body).raw(fault == Fault.PADDING_NOT_ZERO ? RawXdr.pattern(pad) : new byte[pad]);
    }

    private void byteStrings() throws Garbage {
        opaque(Integer.MAX_VALUE);
        opaque(fault == Fault.BOUND_OF_STRINGS_IGNORED ? Integer.MAX_VALUE : Shapes.BOUND);
        opaque(Integer.MAX_VALUE);
        opaque(fault == Fault.BOUND_OF_OPAQUES_IGNORED ? Integer.MAX_VALUE : Shapes.BOUND);
        words(Shapes.FIXED_BYTES / 4 + 1);
    }

    private void array(long bound, int elementWords) throws Garbage {
        long count = Integer.toUnsignedLong(word());
        require(count <= bound);
        if (fault == Fault.COUNT_TIMES_FOUR_IN_32_BITS && (int) count * 4 * elementWords == 0) {
            return;
        }
        require(count * 4 * elementWords <= in.remaining());
        require(fault != Fault.LONG_ARRAYS_REFUSED || count < 50);
        words((int) count * elementWords);
    }

    private void arrays() throws Garbage {
        words(4);
        array(Integer.MAX_VALUE, 1);
        array(fault == Fault.BOUND_OF_ARRAYS_IGNORED ? Integer.MAX_VALUE : Shapes.BOUND, 1);
        words(6);
        array(Integer.MAX_VALUE, 3);
        word();
    }

    private void union() throws Garbage {
        switch (word()) {
            case 0 -> { }
            case 1 -> word();
            case 2 -> {
                require(fault != Fault.STRING_ARM_REFUSED);
                opaque(Integer.MAX_VALUE);
            }
            case 3 -> words(3);
            default -> require(fault == Fault.UNKNOWN_ARM_IS_VOID);
        }
        word();
    }

    private void optionals() throws Garbage {
        if (bool()) {
            word();
        } else if (fault == Fault.ABSENT_MADE_PRESENT) {
            out.u32(0);
        }
        if (bool()) {
            words(3);
        }
        word();
    }

    private void list() throws Garbage {
        for (int nodes = 0; bool(); nodes++) {
            require(fault != Fault.LISTS_OF_TWO_ONLY || nodes < 2);
            word();
        }
        word();
    }

    private void nested() throws Garbage {
        for (int i = 0; i < 3; i++) {
            word();
            opaque(Integer.MAX_VALUE);
        }
        int depth = 0;
        while (bool()) {
            depth++;
        }
        require(fault != Fault.CHAINS_OF_ONE_ONLY || depth < 2);
        words(depth + 1);
    }

    private void payload() throws Garbage {
        word();
        opaque(Integer.MAX_VALUE);
        opaque(fault == Fault.BOUND_OF_OPAQUES_IGNORED ? Integer.MAX_VALUE : Shapes.BOUND);
        word();
    }
}
