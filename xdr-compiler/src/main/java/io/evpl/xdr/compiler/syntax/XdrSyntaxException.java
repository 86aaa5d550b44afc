package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.SourcePosition;
import java.util.List;
import java.util.stream.Collectors;

/** What is wrong with a .x file: its message has a line {@code file:line:column: what} for each fault. */
public final class XdrSyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** One fault, with its place. */
    public record Fault(SourcePosition position, String message) {
        @Override
        public String toString() {
            return position + ": " + message;
        }
    }

    private final transient List<Fault> faults;

    public XdrSyntaxException(SourcePosition position, String message) {
        this(List.of(new Fault(position, message)));
    }

    /** At least one, in the order of the text. */
    public XdrSyntaxException(List<Fault> faults) {
        super(faults.stream().map(Fault::toString).collect(Collectors.joining("\n")));
        this.faults = List.copyOf(faults);
    }

    /** In the order of the text. */
    public List<Fault> faults() {
        return faults;
    }

    /** Where the first fault is. */
    public SourcePosition position() {
        return faults.get(0).position();
    }
}
