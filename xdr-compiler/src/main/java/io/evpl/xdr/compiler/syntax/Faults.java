package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.SourcePosition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What was found to be wrong so far. */
final class Faults {
    /** Nobody reads more at once, and the search for likely names takes its time. */
    private static final int MOST = 100;

    private final String mainFile;
    private final List<XdrSyntaxException.Fault> faults = new ArrayList<>();
    private final Set<String> unknownNames = new HashSet<>();

    Faults(String mainFile) {
        this.mainFile = mainFile;
    }

    boolean isFull() {
        return faults.size() >= MOST;
    }

    void add(SourcePosition position, String message) {
        if (!isFull()) {
            faults.add(new XdrSyntaxException.Fault(position, message));
        }
    }

    /** Whether a name that is not defined was not reported yet: it may be used in many places. */
    boolean isNewUnknown(String name) {
        return !isFull() && unknownNames.add(name);
    }

    void throwIfAny() {
        if (!faults.isEmpty()) {
            faults.sort(Comparator.<XdrSyntaxException.Fault, Boolean>comparing(fault -> !fault.position().file().equals(mainFile))
                    .thenComparing(fault -> fault.position().file())
                    .thenComparingInt(fault -> fault.position().line())
                    .thenComparingInt(fault -> fault.position().column()));
            throw new XdrSyntaxException(faults);
        }
    }
}
