package io.evpl.rpc2.check;

import io.evpl.rpc2.check.Check.Needs;
import io.evpl.rpc2.check.Check.Sending;

import java.util.ArrayList;
import java.util.List;

/** RS80 to RS88: each value, delivered in each way and in 1, 2, 3 and 16 fragments, comes back byte for byte. */
final class ValueChecks {
    private static final int[] LENGTHS = {0, 1, 7, 8, 64, 1000}; // none, unaligned, aligned, at the bound, large
    private static final List<Sending> MATRIX = matrix();

    private ValueChecks() {
    }

    private static List<Sending> matrix() {
        List<Sending> ways = new ArrayList<>();
        for (Delivery delivery : Delivery.values()) {
            for (int fragments : new int[] {1, 2, 3, 16}) {
                ways.add(new Sending(delivery, fragments));
            }
        }
        return List.copyOf(ways);
    }

    static List<Check> all() {
        List<Check> checks = new ArrayList<>();
        scalars(checks);
        byteStrings(checks);
        payloads(checks);
        arrays(checks);
        composites(checks);
        return checks;
    }

    private static void scalars(List<Check> checks) {
        for (int value : new int[] {Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE}) {
            scalar(checks, "int " + value, new Shapes.Scalars().i(value));
        }
        for (int value : new int[] {0, 1, -1}) {
            scalar(checks, "unsigned int " + Integer.toUnsignedString(value), new Shapes.Scalars().u(value));
        }
        for (long value : new long[] {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE}) {
            scalar(checks, "hyper " + value, new Shapes.Scalars().h(value));
        }
        for (long value : new long[] {0, 1, -1}) {
            scalar(checks, "unsigned hyper " + Long.toUnsignedString(value), new Shapes.Scalars().uh(value));
        }
        for (float value : new float[] {0f, -0f, 1f, -1f, 3.0e38f, Float.MIN_VALUE, Float.NaN}) {
            scalar(checks, "float " + value, new Shapes.Scalars().floatBits(Float.floatToRawIntBits(value)));
        }
        for (double value : new double[] {0, -0d, 1, -1, 1.0e308, Double.MIN_VALUE, Double.NaN}) {
            scalar(checks, "double " + value, new Shapes.Scalars().doubleBits(Double.doubleToRawLongBits(value)));
        }
        scalar(checks, "float NaN with a payload", new Shapes.Scalars().floatBits(0x7fc1_2345));
        scalar(checks, "double NaN with a payload", new Shapes.Scalars().doubleBits(0xfff8_1234_5678_9abcL));
        for (int value : new int[] {0, 1}) {
            scalar(checks, "bool " + value, new Shapes.Scalars().flag(value));
            echo(checks, "RS88", "bool " + value + " by itself", Shapes.ECHO_BOOL, new RawXdr().u32(value).bytes());
        }
        for (int value : new int[] {0, 1, 5, -7}) {
            scalar(checks, "enum " + value, new Shapes.Scalars().hue(value));
        }
    }

    private static void scalar(List<Check> checks, String name, Shapes.Scalars value) {
        echo(checks, "RS80", name, Shapes.ECHO_SCALARS, value.bytes());
    }

    private static void byteStrings(List<Check> checks) {
        for (int length : LENGTHS) {
            echo(checks, "RS81", "string<> of " + length, Shapes.ECHO_BYTES, new Shapes.Bytes().text(length).bytes());
            echo(checks, "RS81", "opaque<> of " + length, Shapes.ECHO_BYTES, new Shapes.Bytes().data(length).bytes());
        }
        for (int length = 0; length <= Shapes.BOUND; length++) {
            echo(checks, "RS81", "string<8> of " + length, Shapes.ECHO_BYTES, new Shapes.Bytes().text8(length).bytes());
            echo(checks, "RS81", "opaque<8> of " + length, Shapes.ECHO_BYTES, new Shapes.Bytes().data8(length).bytes());
        }
    }

    private static void payloads(List<Check> checks) {
        for (int length : LENGTHS) {
            echo(checks, "RS82", "zero-copy opaque<> of " + length, Shapes.ECHO_PAYLOAD, Shapes.payload(length, 3));
        }
        for (int length = 0; length <= Shapes.BOUND; length++) {
            echo(checks, "RS82", "zero-copy opaque<8> of " + length, Shapes.ECHO_PAYLOAD, Shapes.payload(5, length));
        }
    }

    private static void arrays(List<Check> checks) {
        for (int count : new int[] {0, 1, 8, 100}) {
            echo(checks, "RS83", "int<> of " + count, Shapes.ECHO_ARRAYS, new Shapes.Arrays(count, 2, 1).bytes());
            echo(checks, "RS83", "struct<> of " + count, Shapes.ECHO_ARRAYS, new Shapes.Arrays(3, 2, count).bytes());
        }
        for (int count = 0; count <= Shapes.BOUND; count++) {
            echo(checks, "RS83", "int<8> of " + count, Shapes.ECHO_ARRAYS, new Shapes.Arrays(3, count, 1).bytes());
        }
    }

    private static void composites(List<Check> checks) {
        echo(checks, "RS84", "union, void arm", Shapes.ECHO_UNION, Shapes.union(0));
        echo(checks, "RS84", "union, int arm", Shapes.ECHO_UNION, Shapes.union(1, new RawXdr().u32(-5).bytes()));
        echo(checks, "RS84", "union, string arm", Shapes.ECHO_UNION, Shapes.union(2, new RawXdr().string("gr\u00fc\u00df dich").bytes()));
        echo(checks, "RS84", "union, struct arm", Shapes.ECHO_UNION, Shapes.union(3, Shapes.pair(4, -4)));
        for (boolean number : new boolean[] {false, true}) {
            for (boolean both : new boolean[] {false, true}) {
                echo(checks, "RS85", "optional int " + presence(number) + ", struct " + presence(both), Shapes.ECHO_OPTIONAL,
                        Shapes.optionals(number, both));
            }
        }
        for (int nodes : new int[] {0, 1, 2, 3, 100}) {
            echo(checks, "RS86", "list of " + nodes, Shapes.ECHO_LIST, Shapes.linked(nodes));
        }
        for (int depth : new int[] {0, 1, 2, 16}) {
            echo(checks, "RS87", "nested structs, chain of " + depth, Shapes.ECHO_NESTED, Shapes.nested(depth));
        }
        checks.add(value("RS88", "procedure without results", Shapes.DISCARD, new Shapes.Bytes().bytes(),
                Expectation.results("no results", new byte[0])));
    }

    private static String presence(boolean present) {
        return present ? "present" : "absent";
    }

    private static void echo(List<Check> checks, String id, String name, int procedure, byte[] arguments) {
        checks.add(value(id, name, procedure, arguments, Expectation.results("what was sent", arguments)));
    }

    private static Check value(String id, String name, int procedure, byte[] arguments, Expectation expected) {
        return Check.call(id, name, Group.VALUES, Needs.CONFORMANCE_PROGRAM, (target, xid) ->
                target.call(xid, procedure).arguments(arguments).bytes(), target -> expected).sent(MATRIX);
    }
}
