package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.SourcePosition;
import io.evpl.xdr.compiler.model.Type;
import java.math.BigInteger;
import java.util.List;

/** What the parser has read: the names are still words. */
final class Syntax {
    private Syntax() {
    }

    /** Where a number may stand. */
    sealed interface Value {
        SourcePosition position();

        String text();
    }

    record Literal(SourcePosition position, String text, BigInteger value) implements Value {
    }

    record Reference(SourcePosition position, String text) implements Value {
    }

    sealed interface TypeSyntax {
    }

    /** {@code int}, {@code void}... */
    record Simple(Type type) implements TypeSyntax {
    }

    /** {@code opaque} and {@code string}, which are types only together with a length. */
    record Bytes(String keyword, boolean zeroCopy, boolean ddpEligible, boolean asBytes) implements TypeSyntax {
    }

    /** @param keyword struct, enum or union if that was said, or empty */
    record NamedType(SourcePosition position, String keyword, String name) implements TypeSyntax {
    }

    /** A length right behind the type instead of behind a name: {@code string<8>}. */
    record Sized(TypeSyntax of, Shape shape) implements TypeSyntax {
    }

    /** A type that is declared where it is used, or under a name of its own. */
    sealed interface Body extends TypeSyntax {
        SourcePosition position();

        default String keyword() {
            return this instanceof EnumBody ? "enum" : this instanceof StructBody ? "struct" : "union";
        }
    }

    record EnumBody(SourcePosition position, List<EnumeratorSyntax> enumerators, boolean lenient) implements Body {
    }

    /** @param value null for one more than the one before */
    record EnumeratorSyntax(SourcePosition position, String name, Value value, String comment) {
    }

    record StructBody(SourcePosition position, List<Declaration> fields) implements Body {
    }

    /** @param otherwise null if there is no default arm */
    record UnionBody(SourcePosition position, Declaration discriminant, List<ArmSyntax> arms, ArmSyntax otherwise) implements Body {
    }

    record ArmSyntax(List<Value> labels, Declaration value) {
    }

    /** What follows the name: nothing, [n], &lt;n&gt;, or a * before it. */
    enum Decoration {
        NONE, FIXED, VARIABLE, OPTIONAL
    }

    /** @param bound null where there is none */
    record Shape(Decoration decoration, Value bound) {
        static final Shape PLAIN = new Shape(Decoration.NONE, null);
        static final Shape OPTIONAL = new Shape(Decoration.OPTIONAL, null);
    }

    /** @param name empty for void, and where none is needed */
    record Declaration(SourcePosition position, String name, TypeSyntax type, Shape shape, String comment) {
        boolean isVoid() {
            return type instanceof Simple simple && simple.type instanceof Type.Nothing;
        }
    }

    sealed interface Item {
        SourcePosition position();

        String name();

        String comment();
    }

    record ConstantItem(SourcePosition position, String name, String comment, Value value) implements Item {
    }

    record TypeItem(SourcePosition position, String name, String comment, Body body) implements Item {
    }

    record TypedefItem(Declaration declaration, String comment) implements Item {
        @Override
        public SourcePosition position() {
            return declaration.position;
        }

        @Override
        public String name() {
            return declaration.name;
        }
    }

    record ProgramItem(SourcePosition position, String name, String comment, Value number, List<VersionSyntax> versions) implements Item {
    }

    record VersionSyntax(SourcePosition position, String name, String comment, Value number, List<ProcedureSyntax> procedures) {
    }

    record ProcedureSyntax(SourcePosition position, String name, String comment, Value number, Declaration result,
            List<Declaration> arguments) {
    }
}
