package io.evpl.xdr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evpl.rpc2.conformance.Arm;
import io.evpl.rpc2.conformance.Arrays_;
import io.evpl.rpc2.conformance.Byte_strings;
import io.evpl.rpc2.conformance.Choice;
import io.evpl.rpc2.conformance.Colour;
import io.evpl.rpc2.conformance.Pair;
import io.evpl.rpc2.conformance.Payload;
import io.evpl.rpc2.conformance.Scalars;
import io.evpl.xdr.samples.CalculatorV1;
import io.evpl.xdr.samples.Sample;
import io.evpl.xdr.samples.Sample_by_bool;
import io.evpl.xdr.samples.Sample_by_int;
import io.evpl.xdr.samples.Sample_growth;
import io.evpl.xdr.samples.Sample_link;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Every bound of a type is refused both when a value is written and when its bytes are read. */
class BoundsTest {
    private static final String NONE = "00000000";
    private static final byte[] BLOCK = new byte[16];
    private static final byte[] NO_BYTES = {};

    private final CodecCheck check = new CodecCheck();

    private String read(XdrCodec<?> codec, String hex) {
        return check.refusal(codec, ByteBufUtil.decodeHexDump(hex));
    }

    @Test
    @DisplayName("RS22 RS23 a length beyond the message")
    void lengthsBeyondTheMessage_RS22_RS23() {
        assertEquals("Byte_strings.text: 4294967296 bytes needed, but 48 are left (byte 4)", read(Byte_strings.CODEC, "ffffffff" + NONE.repeat(12)));
        assertEquals("Byte_strings.text: 4096 bytes needed, but 48 are left (byte 4)", read(Byte_strings.CODEC, "00001000" + NONE.repeat(12)));
        assertEquals("Payload.data: 4294967296 bytes needed, but 12 are left (byte 8)", read(Payload.CODEC, NONE + "ffffffff" + NONE.repeat(3)));
    }

    @Test
    @DisplayName("RS24 RS25 RS26 one more than the bound, in a message that has it")
    void oneMoreThanTheBound_RS24_RS25_RS26() {
        String nine = "00000009" + "61".repeat(9) + "000000";
        assertEquals("Byte_strings.text8: 9 bytes, at most 8 allowed (byte 8)", read(Byte_strings.CODEC, NONE + nine + NONE.repeat(8)));
        assertEquals("Byte_strings.data8: 9 bytes, at most 8 allowed (byte 16)", read(Byte_strings.CODEC, NONE.repeat(3) + nine + NONE.repeat(8)));
        assertEquals("Arrays_.numbers8: 9 elements, at most 8 allowed (byte 24)",
                read(Arrays_.CODEC, NONE.repeat(5) + "00000009" + NONE.repeat(30)));
        assertEquals("Payload.data8: 9 bytes, at most 8 allowed (byte 24)",
                read(Payload.CODEC, NONE + "00000009" + "61".repeat(9) + "000000" + nine + NONE.repeat(3)));
    }

    @Test
    @DisplayName("RS27 a count that the message cannot have")
    void countBeyondTheMessage_RS27() {
        assertEquals("Arrays_.numbers: 1073741824 elements of at least 4 bytes, but 44 bytes are left (byte 20)",
                read(Arrays_.CODEC, NONE.repeat(4) + "40000000" + NONE.repeat(11)));
        assertEquals("Arrays_.pairs: 1073741824 elements of at least 12 bytes, but 8 bytes are left (byte 52)",
                read(Arrays_.CODEC, NONE.repeat(12) + "40000000" + NONE.repeat(2)));
    }

    @Test
    @DisplayName("RS28 a discriminant that no arm is for")
    void discriminantWithoutArm_RS28() {
        assertEquals("Arm.kind: 99 is none of its values (byte 4)", read(Choice.CODEC, "00000063" + NONE.repeat(4)));
        assertEquals("Sample_by_bool.there: a bool is 0 or 1, not 2 (byte 4)", read(Sample_by_bool.CODEC, "00000002" + NONE));
        assertEquals("Sample_kind: 99 is none of its values (byte 4)", read(Sample.CODEC, "00000063"));
    }

    @Test
    @DisplayName("RS29 RS30 a bool that is 2, a number that an enum does not have")
    void undeclaredValues_RS29_RS30() {
        assertEquals("Scalars.flag: a bool is 0 or 1, not 2 (byte 44)", read(Scalars.CODEC, NONE.repeat(9) + "00000002" + NONE));
        assertEquals("Colour: 99 is none of its values (byte 44)", read(Scalars.CODEC, NONE.repeat(10) + "00000063"));
        assertNull(Colour.of(99));
        assertEquals(Colour.INFRARED, Colour.of(-7));
    }

    @Test
    @DisplayName("RS30 a lenient enum keeps it")
    void lenientEnumKeepsWhatIsUndeclared_RS30() {
        Sample_growth unknown = check.decoded(Sample_growth.CODEC, new byte[] {0, 0, 0, 99});
        assertEquals(new Sample_growth.Unrecognized(99), unknown);
        check.roundTrip(Sample_growth.CODEC, unknown);
        check.roundTrip(Sample_growth.CODEC, Sample_growth.Known.GROWTH_FAST);
        assertThrows(IllegalArgumentException.class, () -> new Sample_growth.Unrecognized(1));
    }

    @Test
    void longerValuesAreNotWritten() {
        assertEquals("Byte_strings.text8: 9 bytes, at most 8 allowed", check.refusal(Byte_strings.CODEC,
                new Byte_strings("", "123456789", NO_BYTES, NO_BYTES, BLOCK, 0)));
        assertEquals("Byte_strings.data8: 9 bytes, at most 8 allowed", check.refusal(Byte_strings.CODEC,
                new Byte_strings("", "", NO_BYTES, new byte[9], BLOCK, 0)));
        assertEquals("Byte_strings.block: 15 bytes instead of 16", check.refusal(Byte_strings.CODEC,
                new Byte_strings("", "", NO_BYTES, NO_BYTES, new byte[15], 0)));
        assertEquals("Payload.data8: 9 bytes, at most 8 allowed", check.refusal(Payload.CODEC,
                new Payload(0, Unpooled.EMPTY_BUFFER, Unpooled.wrappedBuffer(new byte[9]), 0)));
        assertEquals("Arrays_.numbers8: 9 elements, at most 8 allowed", check.refusal(Arrays_.CODEC, arrays(new int[4], new int[9], 2)));
        assertEquals("Arrays_.four: 5 elements instead of 4", check.refusal(Arrays_.CODEC, arrays(new int[5], new int[0], 2)));
        assertEquals("Arrays_.two: 3 elements instead of 2", check.refusal(Arrays_.CODEC, arrays(new int[4], new int[0], 3)));
    }

    private static Arrays_ arrays(int[] four, int[] numbers8, int two) {
        return new Arrays_(four, new int[0], numbers8, Collections.nCopies(two, new Pair(1, 2)), List.of(), 0);
    }

    @Test
    void nullIsNotWrittenWhereAValueMustBe() {
        assertEquals("Scalars: null, but it is not optional", check.refusal(Scalars.CODEC, (Object) null));
        assertEquals("Colour: null, but it is not optional", check.refusal(Scalars.CODEC, new Scalars(0, 0, 0, 0, 0, 0, false, null)));
        assertEquals("Arm: null, but it is not optional", check.refusal(Choice.CODEC, new Choice(null, 1)));
        assertEquals("Arm.text: null, but it is not optional", check.refusal(Choice.CODEC, new Choice(new Arm.Text(null), 1)));
        assertEquals("Payload.data: null, but it is not optional", check.refusal(Payload.CODEC, new Payload(1, null, null, 1)));
        assertEquals("linked list: empty, but it is not optional", check.refusal(Sample_link.CODEC, List.of()));
    }

    @Test
    void anArmIsNotWrittenForAValueOfAnother() {
        assertEquals("Sample_by_int.which: 0 has another arm", check.refusal(Sample_by_int.CODEC, new Sample_by_int.Other(0, 1)));
        assertEquals("Sample_by_int.which: 5 has another arm", check.refusal(Sample_by_int.CODEC, new Sample_by_int.Name(5, "x")));
        check.roundTrip(Sample_by_int.CODEC, new Sample_by_int.Other(5, 1));
        check.roundTrip(Sample_by_int.CODEC, new Sample_by_int.Name(7, "x"));
    }

    @Test
    void severalArgumentsFollowEachOther() {
        CalculatorV1.MultiplyArguments arguments = new CalculatorV1.MultiplyArguments(3, 4);
        assertEquals("000000030000000000000004", ByteBufUtil.hexDump(check.encoded(CalculatorV1.MULTIPLY.arguments(), arguments)));
        check.roundTrip(CalculatorV1.MULTIPLY.arguments(), arguments);
        assertEquals("string: 17 bytes, at most 16 allowed", check.refusal(CalculatorV1.GREET.arguments(), "x".repeat(17)));
    }

    @Test
    void ddpEligibleFieldsAreListed() {
        assertEquals(List.of("data"), Sample_by_bool.CODEC.ddpEligible());
        assertEquals(List.of("choices.by_bool.data"), Sample.CODEC.ddpEligible());
        assertEquals(List.of(), Payload.CODEC.ddpEligible());
    }
}
