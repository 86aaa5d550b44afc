package io.evpl.rpc2.gss;

/** How much of a call is protected: {@code rpc_gss_service_t} of RFC 2203, section 5. The header's checksum is always there. */
public enum Service {
    /** The caller is known, arguments and results are not protected. */
    NONE(1, "krb5"),
    /** Arguments and results carry a checksum. */
    INTEGRITY(2, "krb5i"),
    /** Arguments and results are encrypted. */
    PRIVACY(3, "krb5p");

    private final int value;
    private final String pseudoFlavor;

    Service(int value, String pseudoFlavor) {
        this.value = value;
        this.pseudoFlavor = pseudoFlavor;
    }

    /** The number on the wire. */
    public int value() {
        return value;
    }

    /** The name under which NFS knows it with Kerberos, as in {@code mount -o sec=krb5i}. */
    public String pseudoFlavor() {
        return pseudoFlavor;
    }

    /** The service with this number, or null. */
    static Service of(int value) {
        return switch (value) {
            case 1 -> NONE;
            case 2 -> INTEGRITY;
            case 3 -> PRIVACY;
            default -> null;
        };
    }
}
