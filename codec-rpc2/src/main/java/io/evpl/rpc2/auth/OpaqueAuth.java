package io.evpl.rpc2.auth;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A credential or verifier as it stands in a message: {@code opaque_auth} of RFC 5531, section 8.2.
 *
 * @param flavor who reads the body
 * @param body   at most {@value #MAX_BODY_BYTES} bytes; not copied, so do not change it
 */
public record OpaqueAuth(int flavor, byte[] body) {
    /** The most bytes that a body may have: RFC 5531, section 8.2. */
    public static final int MAX_BODY_BYTES = 400;
    /** No authentication. */
    public static final OpaqueAuth NONE = new OpaqueAuth(AuthNone.FLAVOR, new byte[0]);

    public OpaqueAuth {
        if (body.length > MAX_BODY_BYTES) {
            throw new IllegalArgumentException(body.length + " bytes; opaque_auth takes at most " + MAX_BODY_BYTES);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OpaqueAuth that && flavor == that.flavor && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
        return 31 * flavor + Arrays.hashCode(body);
    }

    @Override
    public String toString() {
        return "OpaqueAuth[flavor=" + flavor + ", body=" + HexFormat.of().formatHex(body) + ']';
    }
}
