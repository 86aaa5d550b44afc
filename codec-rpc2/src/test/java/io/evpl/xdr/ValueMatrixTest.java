package io.evpl.xdr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.rpc2.conformance.Arm;
import io.evpl.rpc2.conformance.Arrays_;
import io.evpl.rpc2.conformance.Byte_strings;
import io.evpl.rpc2.conformance.Chain;
import io.evpl.rpc2.conformance.Choice;
import io.evpl.rpc2.conformance.Colour;
import io.evpl.rpc2.conformance.ConformanceV1;
import io.evpl.rpc2.conformance.Inner;
import io.evpl.rpc2.conformance.Linked;
import io.evpl.rpc2.conformance.Middle;
import io.evpl.rpc2.conformance.Nested;
import io.evpl.rpc2.conformance.Node;
import io.evpl.rpc2.conformance.Optionals;
import io.evpl.rpc2.conformance.Pair;
import io.evpl.rpc2.conformance.Payload;
import io.evpl.rpc2.conformance.Scalars;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** All values, all lengths, all types of conformance.x, through the code generated of it. */
class ValueMatrixTest {
    private static final int[] LENGTHS = {0, 1, 2, 3, 4, 7, 8, 1000};

    private final CodecCheck check = new CodecCheck();

    @Test
    @DisplayName("RS80 every edge of every scalar, floating-point numbers bit by bit")
    void scalars_RS80() {
        int[] ints = {Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE};
        long[] hypers = {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE};
        float[] floats = {0f, -0f, 1f, -1f, Float.MAX_VALUE, Float.NaN};
        double[] doubles = {0, -0.0, 1, -1, Double.MAX_VALUE, Double.NaN};
        for (int i = 0; i < 30; i++) {
            check.roundTrip(Scalars.CODEC, new Scalars(ints[i % 5], ints[(i + 1) % 5], hypers[i % 5], hypers[(i + 2) % 5],
                    floats[i % 6], doubles[(i + 1) % 6], i % 2 == 0, Colour.values()[i % 4]));
        }
        byte[] wire = check.encoded(Scalars.CODEC, scalars(Float.intBitsToFloat(0x7fa0_0001), Double.longBitsToDouble(0x7ff4_0000_0000_0001L)));
        Scalars copy = check.decoded(Scalars.CODEC, wire);
        assertEquals(0x7fa0_0001, Float.floatToRawIntBits(copy.f()));
        assertEquals(0x7ff4_0000_0000_0001L, Double.doubleToRawLongBits(copy.d()));
    }

    private static Scalars scalars(float f, double d) {
        return new Scalars(1, 2, 3, 4, f, d, true, Colour.RED);
    }

    @Test
    @DisplayName("RS81 strings and opaque data of every length, bounded up to the bound")
    void byteStrings_RS81() {
        for (int length : LENGTHS) {
            int bounded = Math.min(length, 8);
            check.roundTrip(Byte_strings.CODEC, new Byte_strings("x".repeat(length), "y".repeat(bounded), bytes(length), bytes(bounded),
                    bytes(16), 77));
        }
        check.roundTrip(Byte_strings.CODEC, new Byte_strings("h\u00e9\u20ac\ud83d\ude00", "\u20ac", bytes(3), bytes(5), bytes(16), -1));
    }

    @Test
    @DisplayName("RS82 zero-copy payloads of every length, their neighbours intact, and given back")
    void payloads_RS82() {
        for (int length : LENGTHS) {
            ByteBuf data = Unpooled.wrappedBuffer(bytes(length));
            ByteBuf data8 = Unpooled.wrappedBuffer(bytes(Math.min(length, 8)));
            Payload payload = new Payload(0x01010101, data, data8, 0x02020202);
            check.roundTrip(Payload.CODEC, payload);
            Payload copy = check.decoded(Payload.CODEC, check.encoded(Payload.CODEC, payload));
            byte[] seen = new byte[length];
            copy.data().getBytes(copy.data().readerIndex(), seen);
            assertArrayEquals(bytes(length), seen);
            Payload.CODEC.release(copy);
            Payload.CODEC.release(payload);
            assertEquals(length == 0 ? 1 : 0, data.refCnt());
        }
        Payload.CODEC.release(new Payload(1, null, null, 2));
        Payload.CODEC.release(null);
    }

    @Test
    @DisplayName("RS83 arrays of every kind and count")
    void arrays_RS83() {
        for (int count : LENGTHS) {
            int[] numbers = IntStream.range(0, count).map(i -> i * 0x01000193).toArray();
            List<Pair> pairs = IntStream.range(0, count).mapToObj(i -> new Pair(i, -i)).toList();
            check.roundTrip(Arrays_.CODEC, new Arrays_(new int[] {1, 2, 3, 4}, numbers, Arrays.copyOf(numbers, Math.min(count, 8)),
                    List.of(new Pair(1, 2), new Pair(3, 4)), pairs, 5));
        }
    }

    @Test
    @DisplayName("RS84 each arm of a union")
    void unions_RS84() {
        for (Arm arm : List.of(new Arm.Case0(), new Arm.Number(-3), new Arm.Text("hello"), new Arm.Both(new Pair(1, 2)))) {
            check.roundTrip(Choice.CODEC, new Choice(arm, 9));
        }
        assertEquals(2, new Arm.Text("x").kind());
    }

    @Test
    @DisplayName("RS85 optional values there and not, followed by a field")
    void optionals_RS85() {
        for (Integer number : new Integer[] {null, 5}) {
            for (Pair pair : new Pair[] {null, new Pair(6, 7)}) {
                check.roundTrip(Optionals.CODEC, new Optionals(number, pair, 8));
            }
        }
    }

    @Test
    @DisplayName("RS86 linked lists of every length, read in a loop, then a field")
    void lists_RS86() {
        for (int count : new int[] {0, 1, 2, 7, 100}) {
            check.roundTrip(Linked.CODEC, new Linked(IntStream.range(0, count).mapToObj(Node::new).toList(), 4));
        }
        List<Node> long_ = IntStream.range(0, 200_000).mapToObj(Node::new).toList();
        assertEquals(long_, check.decoded(Node.LIST, check.encoded(Node.LIST, long_)));
    }

    @Test
    @DisplayName("RS87 structs within structs, and chains of themselves down to the limit")
    void nesting_RS87() {
        Inner inner = new Inner(1, "name");
        Middle middle = new Middle(inner, List.of(new Inner(2, ""), new Inner(3, "third")));
        for (int depth : new int[] {0, 1, 5, 64}) {
            check.roundTrip(Nested.CODEC, new Nested(middle, chain(depth), 5));
        }
        assertEquals("Chain: deeper than 64 values within each other", check.refusal(Chain.CODEC, chain(65)));
        assertTrue(check.refusal(Chain.CODEC, chainBytes(65)).startsWith("Chain: deeper than 64 values within each other (byte"));
        assertTrue(check.refusal(Chain.CODEC, chainBytes(100_000)).startsWith("Chain: deeper than 64 values within each other (byte"));
    }

    private static Chain chain(int depth) {
        Chain chain = null;
        for (int i = 0; i < depth; i++) {
            chain = new Chain(chain, i);
        }
        return chain;
    }

    private static byte[] chainBytes(int depth) {
        byte[] wire = new byte[8 * depth];
        for (int i = 0; i < depth - 1; i++) {
            wire[4 * i + 3] = 1;
        }
        return wire;
    }

    @Test
    @DisplayName("RS88 a bool by itself, and nothing at all")
    void plainResults_RS88() {
        check.roundTrip(ConformanceV1.ECHO_BOOL.result(), true);
        check.roundTrip(ConformanceV1.ECHO_BOOL.result(), false);
        assertEquals(0, check.encoded(ConformanceV1.DISCARD.result(), null).length);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + 1);
        }
        return bytes;
    }

    @Test
    void elementsOfDecodedListsCannotBeChanged() {
        List<Node> nodes = new ArrayList<>(List.of(new Node(1)));
        Linked copy = check.decoded(Linked.CODEC, check.encoded(Linked.CODEC, new Linked(nodes, 2)));
        assertThrows(UnsupportedOperationException.class, () -> copy.head().add(new Node(2)));
    }
}
