package io.evpl.xdr.compiler.model;

import java.util.List;
import java.util.Optional;

/** A type that has a name. One that was declared in place, within another, has a name made of the path to it. */
public sealed interface Definition {
    /** As in the file; unique among types and constants of a specification. */
    String name();

    SourcePosition position();

    /** The comment before it, without its marks; empty if there is none. */
    String comment();

    /**
     * {@code enum name { ... }}.
     *
     * @param lenient a value that is not listed is kept, not refused
     */
    record EnumDefinition(String name, SourcePosition position, String comment, List<Enumerator> enumerators, boolean lenient)
            implements Definition {
    }

    record Enumerator(String name, int value, String comment) {
    }

    /** {@code struct name { ... }}. */
    record StructDefinition(String name, SourcePosition position, String comment, List<Field> fields) implements Definition {
        /**
         * Whether it is an element of a linked list: its last field is an optional one of its own type. Then its chain is
         * read and written in a loop, and is a list to those who use it.
         */
        public boolean isListNode() {
            return !fields.isEmpty()
                    && fields.get(fields.size() - 1).type() instanceof Type.Optional optional
                    && optional.of() instanceof Type.Named named
                    && named.name().equals(name);
        }
    }

    record Field(String name, Type type, String comment) {
    }

    /**
     * {@code union name switch (discriminant) { ... }}.
     *
     * @param otherwise the default arm, if there is one
     */
    record UnionDefinition(String name, SourcePosition position, String comment, Field discriminant, List<Arm> arms,
            Optional<Arm> otherwise) implements Definition {
    }

    /**
     * What follows the discriminant for some of its values.
     *
     * @param labels none for the default arm
     * @param value empty for void
     */
    record Arm(List<Label> labels, Optional<Field> value) {
    }

    /**
     * A value of the discriminant.
     *
     * @param name as in the file; a number's digits if it was one
     * @param value of an enum or int; an unsigned int's 32 bits; 0 and 1 for a bool
     */
    record Label(String name, int value) {
    }

    /** {@code typedef type name}. */
    record TypedefDefinition(String name, SourcePosition position, String comment, Type type) implements Definition {
    }
}
