package io.evpl.rpc2.check;

/** What a requirement is about; the order is that of the report. */
public enum Group {
    ENVELOPE("Envelope: versions, programs, procedures, credentials (RFC 5531)"),
    ORDER("Calls that are wrong in two ways: the earlier check answers"),
    ARGUMENTS("Arguments (RFC 4506)"),
    RECORDS("Record marking (RFC 5531 section 11)"),
    GSS("RPCSEC_GSS without a context (RFC 2203)"),
    VALUES("Values, echoed byte for byte"),
    ODD_CALLS("Odd calls that real servers differ in");

    private final String title;

    Group(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }
}
