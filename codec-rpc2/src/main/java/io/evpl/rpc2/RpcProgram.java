package io.evpl.rpc2;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;

/**
 * One version of a program as a server offers it: handlers by procedure number. Immutable; any number of servers and connections can
 * share it. Procedure 0 without a handler is answered by the run time (RFC 5531, section 12.1: by convention it does nothing).
 */
public final class RpcProgram {
    /** Numbers below this are found in an array; what lies beyond, in a map. No known program has 100 procedures. */
    private static final int ARRAY_LENGTH = 128;

    /** What is known of a procedure that has a handler. */
    record Entry<A, R>(RpcProcedure<A, R> procedure, RpcHandler<A, R> handler) {
    }

    private final int program;
    private final int version;
    private final String name;
    private final Entry<?, ?>[] low;
    private final IntObjectMap<Entry<?, ?>> all;

    private RpcProgram(Builder builder) {
        program = builder.program;
        version = builder.version;
        name = builder.name;
        all = new IntObjectHashMap<>();
        all.putAll(builder.entries);
        int highest = -1;
        for (int number : all.keySet()) {
            if (number >= 0 && number < ARRAY_LENGTH) {
                highest = Math.max(highest, number);
            }
        }
        low = new Entry<?, ?>[highest + 1];
        for (int i = 0; i < low.length; i++) {
            low[i] = all.get(i);
        }
    }

    /** A program under its number as a name. */
    public static Builder builder(int program, int version) {
        return builder(program, version, Integer.toUnsignedString(program));
    }

    /**
     * @param program program number, unsigned
     * @param version its version, unsigned
     * @param name    for people: the name in the .x file
     */
    public static Builder builder(int program, int version, String name) {
        return new Builder(program, version, name);
    }

    /** Program number, unsigned. */
    public int program() {
        return program;
    }

    /** Version of the program, unsigned. */
    public int version() {
        return version;
    }

    /** For people: the name in the .x file. */
    public String name() {
        return name;
    }

    /** The procedure with this number, as far as it has a handler, or null. */
    public RpcProcedure<?, ?> procedure(int number) {
        Entry<?, ?> entry = entry(number);
        return entry == null ? null : entry.procedure;
    }

    Entry<?, ?> entry(int number) {
        if (number >= 0 && number < low.length) {
            return low[number];
        }
        return all.get(number);
    }

    @Override
    public String toString() {
        return name + " v" + Integer.toUnsignedString(version) + ' ' + all.size() + " procedures";
    }

    /** Collects handlers. Not thread-safe. */
    public static final class Builder {
        private final int program;
        private final int version;
        private final String name;
        private final IntObjectHashMap<Entry<?, ?>> entries = new IntObjectHashMap<>();

        private Builder(int program, int version, String name) {
            if (name == null) {
                throw new NullPointerException("name");
            }
            this.program = program;
            this.version = version;
            this.name = name;
        }

        /**
         * Adds a procedure.
         *
         * @throws IllegalArgumentException if it is another program's or version's, or its number has a handler already
         */
        public <A, R> Builder procedure(RpcProcedure<A, R> procedure, RpcHandler<A, R> handler) {
            if (handler == null) {
                throw new NullPointerException("handler of " + procedure);
            }
            if (procedure.program() != program || procedure.version() != version) {
                throw new IllegalArgumentException(procedure + " does not belong to program " + Integer.toUnsignedString(program)
                        + " v" + Integer.toUnsignedString(version));
            }
            if (entries.containsKey(procedure.number())) {
                throw new IllegalArgumentException(procedure + " has a handler already");
            }
            entries.put(procedure.number(), new Entry<>(procedure, handler));
            return this;
        }

        public RpcProgram build() {
            return new RpcProgram(this);
        }
    }
}
