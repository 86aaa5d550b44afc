package io.evpl.xdr.compiler.model;

import java.util.List;

/** {@code program name { ... } = number}, RFC 5531 section 12. */
public record Program(String name, SourcePosition position, String comment, int number, List<Version> versions) {
    public record Version(String name, SourcePosition position, String comment, int number, List<Procedure> procedures) {
    }

    /**
     * @param arguments none for void; more than one are encoded one after the other
     * @param result {@link Type.Nothing} for void
     */
    public record Procedure(String name, SourcePosition position, String comment, int number, Type result,
            List<Type> arguments) {
    }
}
