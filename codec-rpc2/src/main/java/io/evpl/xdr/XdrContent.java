package io.evpl.xdr;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Values by content where Java goes by identity: arrays, and lists of arrays, however deep. For generated records. */
public final class XdrContent {
    private static final int SHOWN_BYTES = 32;

    private XdrContent() {
    }

    public static boolean equal(Object a, Object b) {
        if (a instanceof List<?> one && b instanceof List<?> other) {
            if (one.size() != other.size()) {
                return false;
            }
            for (int i = 0; i < one.size(); i++) {
                if (!equal(one.get(i), other.get(i))) {
                    return false;
                }
            }
            return true;
        }
        // Wrapped, since the static methods for arrays are many and this one takes any.
        return Arrays.deepEquals(new Object[] {a}, new Object[] {b});
    }

    public static int hash(Object value) {
        if (value instanceof List<?> list) {
            int hash = 1;
            for (Object element : list) {
                hash = 31 * hash + hash(element);
            }
            return hash;
        }
        return Arrays.deepHashCode(new Object[] {value});
    }

    public static String toString(Object value) {
        if (value instanceof byte[] bytes) {
            return bytes.length <= SHOWN_BYTES ? HexFormat.of().formatHex(bytes)
                    : HexFormat.of().formatHex(bytes, 0, SHOWN_BYTES) + "... (" + bytes.length + " bytes)";
        }
        if (value instanceof List<?> list) {
            return list.stream().map(XdrContent::toString).toList().toString();
        }
        String wrapped = Arrays.deepToString(new Object[] {value});
        return wrapped.substring(1, wrapped.length() - 1);
    }
}
