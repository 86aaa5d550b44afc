package io.evpl.rpc2.gss;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/** Why Kerberos refuses, as far as its words tell, and what is to be done about it. */
public enum GssReason {
    /** The clocks of client, server and KDC differ. */
    CLOCK_SKEW("Set the clocks of client, server and KDC (NTP); they may differ by \"clockskew\" of krb5.conf, 5 minutes by default.",
            "Clock skew too great"),
    /** The ticket is over. */
    TICKET_EXPIRED("Get a new ticket (kinit, or let the client log in from a keytab).",
            "Ticket expired", "TKT_EXPIRED"),
    /** No ticket to begin with, or none that has not expired. */
    NO_TICKET("Run kinit as the user of this process (a ticket that has expired counts for nothing), or name the ticket cache, or use a "
            + "keytab. Only caches in files are read: with KEYRING:, KCM: or DIR: set KRB5CCNAME=FILE:/path.",
            "Failed to find any Kerberos tgt", "Unable to obtain Principal Name"),
    /** The KDC knows no such service. */
    UNKNOWN_SERVICE("Check the service's name: \"nfs@host\" asks for the principal nfs/host, host as the KDC knows it "
            + "(\"kadmin.local listprincs\"), in the realm that [domain_realm] of krb5.conf gives.",
            "Server not found in Kerberos database"),
    /** The KDC knows no such client. */
    UNKNOWN_CLIENT("Check the client's principal and its realm (\"kadmin.local listprincs\").",
            "Client not found in Kerberos database"),
    /** The acceptor has no key for the ticket. */
    NO_KEY("Check with \"klist -kte KEYTAB\" that the keytab has the service's key in the encryption type and version that the KDC uses; "
            + "\"ktadd\" makes a new version each time. Or the client has asked for another service than this one.",
            "Cannot find key", "Service key not available", "No key to store",
            "Unable to obtain password from user"),
    /** A key or password that is not the KDC's. */
    WRONG_KEY("The key is not the KDC's: extract the keytab anew (\"kadmin.local ktadd -k KEYTAB PRINCIPAL\"). At a server it may also be "
            + "that the client has asked for another service than this one, or that the token was changed on its way.",
            "Pre-authentication information was invalid", "Integrity check on decrypted field failed", "Checksum failed",
            "checksum failed"),
    /** The same token was seen before. */
    REPLAYED("Somebody sends recorded tokens, or a client repeats them: a client must make a new token for each attempt.",
            "Request is a replay"),
    /** Nobody answers at the KDC's address. */
    KDC_UNREACHABLE("Check kdc in [realms] of krb5.conf, that krb5kdc runs there, and that nothing is between (port 88, UDP and TCP).",
            "Connection refused", "timed out", "Cannot get kdc", "Cannot locate KDC", "Network is unreachable", "PortUnreachable",
            "A service is not available", "No route to host"),
    /** No realm to work in. */
    NO_REALM("Set default_realm in krb5.conf (/etc/krb5.conf, or -Djava.security.krb5.conf=PATH), or write the principal as name@REALM.",
            "Cannot locate default realm", "KrbException: Cannot locate", "krb5.conf loading failed"),
    /** The two ends have no way in common. */
    NO_COMMON_ENCRYPTION("Client, server and KDC have no encryption type in common: compare permitted_enctypes in krb5.conf with "
            + "\"klist -kte KEYTAB\".",
            "KDC has no support for encryption type", "not in permitted_enctypes list", "Encryption type"),
    /** A token that is none. */
    BAD_TOKEN("The peer speaks another mechanism than Kerberos 5, or the token was changed on its way.",
            "Defective token", "Message stream modified"),
    /** The server refuses, and does not say why. */
    REFUSED("The server's log says why. Often its clock is more than 5 minutes off, or its keytab has no key, or an old one, for the "
            + "service that the client names."),
    /** The peer breaks RFC 2203. */
    PROTOCOL("The peer, or somebody between, does not keep to RFC 2203."),
    /** Something else. */
    OTHER("-Dsun.security.krb5.debug=true -Dsun.security.jgss.debug=true shows what Kerberos does.");

    /** As deep as exceptions of Kerberos are nested, with room to spare. */
    private static final int MAX_CAUSES = 16;

    private final String advice;
    private final String[] words;

    GssReason(String advice, String... words) {
        this.advice = advice;
        this.words = words;
    }

    /** What to do. */
    public String advice() {
        return advice;
    }

    /** The first reason, in the order of this enum, that anything in the chain of causes has the words of. */
    static GssReason of(Throwable failure) {
        for (GssReason reason : values()) {
            Throwable cause = failure;
            for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++, cause = cause.getCause()) {
                if (reason.isSaidBy(cause)) {
                    return reason;
                }
            }
        }
        return OTHER;
    }

    private boolean isSaidBy(Throwable cause) {
        if (this == KDC_UNREACHABLE && (cause instanceof SocketException || cause instanceof SocketTimeoutException)) {
            return true;
        }
        String said = cause instanceof IOException ? cause.toString() : cause.getMessage();
        if (said != null) {
            for (String word : words) {
                if (said.contains(word)) {
                    return true;
                }
            }
        }
        return false;
    }
}
