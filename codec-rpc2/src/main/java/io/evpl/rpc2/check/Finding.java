package io.evpl.rpc2.check;

/**
 * What came of one row.
 *
 * @param id       of the requirement in the specification
 * @param expected what a right server does
 * @param seen     what this one did; for {@link Verdict#NOT_APPLICABLE} the reason
 */
public record Finding(String id, String name, Group group, Verdict verdict, String expected, String seen) {
    /** How a row came out. */
    public enum Verdict { PASS, FAIL, NOT_APPLICABLE }

    @Override
    public String toString() {
        return id + " " + name + ": " + verdict + ", expected " + expected + ", saw " + seen;
    }
}
