package io.evpl.rpc2.check;

import io.evpl.rpc2.check.Check.Needs;
import io.evpl.rpc2.check.Shapes.Subject;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** RS17 to RS30: arguments that are not what RFC 4506 has them be. The connection is kept each time. */
final class ArgumentChecks {
    private static final int ALL_ONES = -1;
    private static final int TOO_MANY = 0x4000_0000; // times four bytes is 2^32: a product of 32 bits is zero

    private ArgumentChecks() {
    }

    static List<Check> all() {
        List<Check> checks = new ArrayList<>();
        int[] cuts = {1, 4, 8};
        for (Subject subject : Shapes.SUBJECTS) {
            byte[] whole = subject.arguments();
            for (int i = 0; i < cuts.length; i++) {
                garbage(checks, "RS" + (17 + i), "arguments cut by " + cuts[i] + ", " + subject.name(), subject.procedure(),
                        Arrays.copyOf(whole, whole.length - cuts[i]));
            }
            garbage(checks, "RS20", "4 bytes too many, " + subject.name(), subject.procedure(), followed(whole, 4));
            garbage(checks, "RS21", "64 bytes too many, " + subject.name(), subject.procedure(), followed(whole, 64));
        }
        lengths(checks);
        values(checks);
        return checks;
    }

    private static byte[] followed(byte[] arguments, int bytes) {
        return new RawXdr().raw(arguments).raw(RawXdr.pattern(bytes)).bytes();
    }

    private static void lengths(List<Check> checks) {
        byte[] bytes = new Shapes.Bytes().bytes();
        garbage(checks, "RS22", "string of 2^32-1 bytes", Shapes.ECHO_BYTES, withWord(bytes, 0, ALL_ONES));
        garbage(checks, "RS23", "string of 4096 bytes more than there are", Shapes.ECHO_BYTES,
                withWord(bytes, 0, bytes.length + 0x1000));
        int over = Shapes.BOUND + 1;
        garbage(checks, "RS24", "string<8> of 9 bytes", Shapes.ECHO_BYTES, new Shapes.Bytes().text8(over).bytes());
        garbage(checks, "RS25", "opaque<8> of 9 bytes", Shapes.ECHO_BYTES, new Shapes.Bytes().data8(over).bytes());
        garbage(checks, "RS25", "zero-copy opaque<8> of 9 bytes", Shapes.ECHO_PAYLOAD, Shapes.payload(3, over));
        garbage(checks, "RS26", "int<8> of 9 elements", Shapes.ECHO_ARRAYS, new Shapes.Arrays(0, over, 0).bytes());
        // All else is as if there were no element: whoever multiplies in 32 bits succeeds.
        byte[] none = new Shapes.Arrays(0, 0, 0).bytes();
        garbage(checks, "RS27", "int<> of 2^30 elements", Shapes.ECHO_ARRAYS, withWord(none, 4, TOO_MANY));
        garbage(checks, "RS27", "struct<> of 2^30 elements", Shapes.ECHO_ARRAYS, withWord(none, 12, TOO_MANY));
    }

    private static void values(List<Check> checks) {
        garbage(checks, "RS28", "union of an arm that there is not", Shapes.ECHO_UNION, Shapes.union(99));
        garbage(checks, "RS28", "union of such an arm, with bytes for one", Shapes.ECHO_UNION,
                Shapes.union(99, new byte[4]));
        garbage(checks, "RS29", "bool 2", Shapes.ECHO_SCALARS, new Shapes.Scalars().flag(2).bytes());
        garbage(checks, "RS29", "bool 2 by itself", Shapes.ECHO_BOOL, new RawXdr().u32(2).bytes());
        garbage(checks, "RS29", "optional present twice over", Shapes.ECHO_OPTIONAL,
                withWord(Shapes.optionals(true, true), 0, 2));
        garbage(checks, "RS30", "enum 99", Shapes.ECHO_SCALARS, new Shapes.Scalars().hue(99).bytes());
    }

    /** @param index of the 32-bit word that is put in place of what is there */
    private static byte[] withWord(byte[] arguments, int index, int word) {
        byte[] changed = arguments.clone();
        System.arraycopy(new RawXdr().u32(word).bytes(), 0, changed, index * Integer.BYTES, Integer.BYTES);
        return changed;
    }

    private static void garbage(List<Check> checks, String id, String name, int procedure, byte[] arguments) {
        checks.add(Check.call(id, name, Group.ARGUMENTS, Needs.CONFORMANCE_PROGRAM,
                (target, xid) -> target.call(xid, procedure).arguments(arguments).bytes(),
                target -> Expectation.garbageArguments()));
    }
}
