package io.evpl.xdr.compiler.model;

import java.util.List;
import java.util.Map;

/**
 * All of one .x file.
 *
 * @param definitions in the order of the file; one declared in place comes before the one that holds it
 * @param programs none if the file has only types
 * @param passedThrough the lines that began with {@code %}, without it
 */
public record Specification(String file, List<Constant> constants, Map<String, Definition> definitions,
        List<Program> programs, List<String> passedThrough) {
    /** {@code const name = value}: from -2^63 to 2^64-1, the latter as their 64 bits. */
    public record Constant(String name, SourcePosition position, String comment, long value, boolean unsigned) {
    }

    public Definition definition(String name) {
        Definition definition = definitions.get(name);
        if (definition == null) {
            throw new IllegalArgumentException("no type " + name + " in " + file);
        }
        return definition;
    }
}
