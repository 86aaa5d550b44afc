package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.SourcePosition;
import io.evpl.xdr.compiler.model.Type;
import io.evpl.xdr.compiler.syntax.Syntax.ArmSyntax;
import io.evpl.xdr.compiler.syntax.Syntax.Bytes;
import io.evpl.xdr.compiler.syntax.Syntax.Declaration;
import io.evpl.xdr.compiler.syntax.Syntax.Decoration;
import io.evpl.xdr.compiler.syntax.Syntax.EnumBody;
import io.evpl.xdr.compiler.syntax.Syntax.EnumeratorSyntax;
import io.evpl.xdr.compiler.syntax.Syntax.Literal;
import io.evpl.xdr.compiler.syntax.Syntax.NamedType;
import io.evpl.xdr.compiler.syntax.Syntax.Reference;
import io.evpl.xdr.compiler.syntax.Syntax.Shape;
import io.evpl.xdr.compiler.syntax.Syntax.Simple;
import io.evpl.xdr.compiler.syntax.Syntax.Sized;
import io.evpl.xdr.compiler.syntax.Syntax.StructBody;
import io.evpl.xdr.compiler.syntax.Syntax.TypeSyntax;
import io.evpl.xdr.compiler.syntax.Syntax.UnionBody;
import io.evpl.xdr.compiler.syntax.Syntax.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Declarations and the types within them, RFC 4506 section 6.3. */
final class DeclarationParser {
    /** Types within types: each takes some frames of the stack, and makes a name longer. No protocol has more than 4. */
    static final int DEPTH = 50;

    private static final Map<String, Type> SIMPLE = Map.of("int", Type.Scalar.INT, "hyper", Type.Scalar.HYPER,
            "float", Type.Scalar.FLOAT, "double", Type.Scalar.DOUBLE, "quadruple", Type.Scalar.QUADRUPLE, "bool", Type.Scalar.BOOL,
            "void", new Type.Nothing());

    private final TokenReader tokens;
    private final boolean lenientEnums;
    private int depth;

    DeclarationParser(TokenReader tokens, boolean lenientEnums) {
        this.tokens = tokens;
        this.lenientEnums = lenientEnums;
    }

    Value value(String expected) {
        if (tokens.at(TokenKind.NUMBER)) {
            Token number = tokens.take();
            return new Literal(number.position(), number.text(), number.value());
        }
        Token name = tokens.expectName(expected);
        return new Reference(name.position(), name.text());
    }

    // ---- declarations

    /** {@code type name} with what belongs to it, or void. */
    Declaration declaration(String expected, Annotations annotations) {
        Token first = tokens.current();
        annotations.readFrom(tokens);
        Token start = tokens.current();
        TypeSyntax type = type(start == first ? expected : "a type", annotations);
        if (type instanceof Simple simple && simple.type() instanceof Type.Nothing) {
            return nothing(start, annotations);
        }
        type = sizedAtOnce(type);
        boolean optional = tokens.takes("*");
        Declaration unnamed = new Declaration(start.position(), "", type, Shape.PLAIN, "");
        Token name = tokens.expectName((optional ? "a name" : type instanceof Sized || tokens.at("<") || tokens.at("[")
                ? "a name before the length" : "a name or \"*\"") + misspelt(unnamed));
        Shape shape = optional ? Shape.OPTIONAL : decoration();
        if (optional && (tokens.at("<") || tokens.at("["))) {
            throw tokens.unexpected("\";\": for an array of optional ones define the optional type with typedef");
        }
        checkBytes(name.position(), type, shape, name.text());
        refuseAnnotations(type, shape, annotations);
        return new Declaration(name.position(), name.text(), type, shape, first.comment());
    }

    private Declaration nothing(Token start, Annotations annotations) {
        annotations.refuseRest();
        if (tokens.at(TokenKind.NAME) || tokens.at("*") || tokens.at("<") || tokens.at("[")) {
            throw tokens.unexpected("\";\": void has no name and no length");
        }
        return new Declaration(start.position(), "", new Simple(new Type.Nothing()), Shape.PLAIN, "");
    }

    /** The same for a procedure, where a name is not needed: {@code int}, {@code entry *}, {@code string<255>}, {@code int x[3]}. */
    Declaration parameter(String expected, boolean mayHaveName) {
        Token start = tokens.current();
        Annotations annotations = new Annotations();
        annotations.readFrom(tokens);
        TypeSyntax type = type(expected, annotations);
        boolean isVoid = type instanceof Simple simple && simple.type() instanceof Type.Nothing;
        Shape shape = Shape.PLAIN;
        String name = "";
        if (isVoid) {
            annotations.refuseRest();
        } else {
            type = sizedAtOnce(type);
            if (tokens.takes("*")) {
                shape = Shape.OPTIONAL;
            }
            if (mayHaveName && tokens.at(TokenKind.NAME)) {
                name = tokens.take().text();
            }
            if (shape.decoration() == Decoration.NONE) {
                shape = decoration();
            }
            // As rpcgen has it: there a string has no length.
            if (type instanceof Bytes bytes && bytes.keyword().equals("string") && shape.decoration() == Decoration.NONE) {
                shape = new Shape(Decoration.VARIABLE, null);
            }
            checkBytes(start.position(), type, shape, name);
            refuseAnnotations(type, shape, annotations);
        }
        return new Declaration(start.position(), name, type, shape, "");
    }

    /** A length between opaque or string and the name makes it a type by itself. */
    private TypeSyntax sizedAtOnce(TypeSyntax type) {
        if (type instanceof Bytes && (tokens.at("<") || tokens.at("["))) {
            SourcePosition position = tokens.position();
            Shape shape = decoration();
            checkBytes(position, type, shape, "");
            return new Sized(type, shape);
        }
        return type;
    }

    private Shape decoration() {
        if (tokens.takes("[")) {
            Value bound = value("the number of elements, or a constant");
            tokens.expect("]");
            return new Shape(Decoration.FIXED, bound);
        }
        if (tokens.takes("<")) {
            Value bound = tokens.at(">") ? null : value("the largest length, a constant or \">\"");
            tokens.expect(">");
            return new Shape(Decoration.VARIABLE, bound);
        }
        return Shape.PLAIN;
    }

    private static void checkBytes(SourcePosition position, TypeSyntax type, Shape shape, String name) {
        if (!(type instanceof Bytes bytes)) {
            return;
        }
        String keyword = bytes.keyword();
        boolean isOpaque = keyword.equals("opaque");
        boolean right = shape.decoration() == Decoration.VARIABLE || isOpaque && shape.decoration() == Decoration.FIXED;
        if (!right) {
            String found = switch (shape.decoration()) {
                case NONE -> " without a length";
                case FIXED -> " with a fixed length";
                case OPTIONAL -> " with a *";
                case VARIABLE -> throw new AssertionError(shape);
            };
            String what = (keyword + " " + name).strip();
            throw new XdrSyntaxException(position, "found " + what + found + ", expected " + what + "<n>"
                    + (isOpaque ? " or " + what + "[n]" : ""));
        }
    }

    private static void refuseAnnotations(TypeSyntax type, Shape shape, Annotations annotations) {
        Shape length = type instanceof Sized sized ? sized.shape() : shape;
        if (length.decoration() != Decoration.VARIABLE) {
            annotations.refuseTaken();
        }
        annotations.refuseRest();
    }

    /** The word that was taken for a type's name, if it looks like one of the language's. */
    String misspelt(Declaration declaration) {
        return declaration.type() instanceof NamedType named && named.keyword().isEmpty()
                ? Words.nearest(named.name(), Words.TYPES).map(word -> "; did you mean " + word + " for " + named.name() + "?").orElse("")
                : "";
    }

    // ---- types

    private TypeSyntax type(String expected, Annotations annotations) {
        Token token = tokens.current();
        if (token.kind() == TokenKind.NAME) {
            tokens.take();
            return new NamedType(token.position(), "", token.text());
        }
        if (token.kind() != TokenKind.KEYWORD) {
            throw tokens.unexpected(expected);
        }
        if (SIMPLE.containsKey(token.text())) {
            tokens.take();
            return new Simple(SIMPLE.get(token.text()));
        }
        return switch (token.text()) {
            case "unsigned" -> unsigned();
            case "opaque" -> {
                tokens.take();
                yield annotations.opaque("opaque");
            }
            case "zcopaque" -> {
                tokens.take();
                yield annotations.opaque("zcopaque");
            }
            case "string" -> {
                tokens.take();
                yield new Bytes("string", false, false, annotations.take("bytes"));
            }
            case "enum", "struct", "union" -> composed(annotations);
            default -> throw tokens.unexpected(expected);
        };
    }

    private TypeSyntax unsigned() {
        tokens.take();
        if (tokens.takes("hyper")) {
            return new Simple(Type.Scalar.UNSIGNED_HYPER);
        }
        boolean narrow = tokens.at(TokenKind.NAME) && List.of("char", "short", "long").contains(tokens.current().text());
        if (tokens.at("int") || narrow) {
            tokens.take();
        }
        return new Simple(Type.Scalar.UNSIGNED_INT);
    }

    /** {@code struct name} and {@code struct { ... }}. */
    private TypeSyntax composed(Annotations annotations) {
        Token keyword = tokens.take();
        if (tokens.at(TokenKind.NAME)) {
            Token name = tokens.take();
            if (tokens.at("{")) {
                throw tokens.unexpected("a name: a " + keyword.text() + " with a name of its own is defined outside of others");
            }
            return new NamedType(name.position(), keyword.text(), name.text());
        }
        return switch (keyword.text()) {
            case "enum" -> enumBody(keyword.position(), annotations);
            case "struct" -> structBody(keyword.position());
            default -> unionBody(keyword.position());
        };
    }

    EnumBody enumBody(SourcePosition position, Annotations annotations) {
        boolean lenient = annotations.takeLenient(lenientEnums);
        tokens.expect("{");
        List<EnumeratorSyntax> enumerators = new ArrayList<>();
        boolean more = true;
        while (more) {
            Token name = tokens.expectName("the name of an enumerator");
            Value value = tokens.takes("=") ? value("the enumerator's value") : null;
            if (!tokens.at(",") && !tokens.at("}")) {
                throw tokens.unexpected(value == null ? "\"=\", \",\" or \"}\"" : "\",\" or \"}\"");
            }
            String comment = name.comment().isEmpty() ? tokens.current().commentOfPrevious() : name.comment();
            Token last = tokens.take();
            more = last.is(",");
            if (more && comment.isEmpty()) {
                comment = tokens.comment(name, last);
            }
            enumerators.add(new EnumeratorSyntax(name.position(), name.text(), value, comment));
        }
        return new EnumBody(position, enumerators, lenient);
    }

    StructBody structBody(SourcePosition position) {
        open();
        List<Declaration> fields = new ArrayList<>();
        String expected = "a type";
        do {
            Token first = tokens.current();
            Declaration field = declaration(expected, new Annotations());
            expected = "a type or \"}\"";
            Token last = endOf(field);
            if (!field.isVoid()) {
                fields.add(commented(field, tokens.comment(first, last)));
            }
        } while (!tokens.takes("}"));
        depth--;
        return new StructBody(position, fields);
    }

    private void open() {
        if (++depth > DEPTH) {
            throw new XdrSyntaxException(tokens.position(), "found types within types more than " + DEPTH
                    + " deep, expected at most that: define the inner ones by themselves");
        }
        tokens.expect("{");
    }

    private Token endOf(Declaration declaration) {
        if (!tokens.at(";")) {
            boolean plain = declaration.shape().decoration() == Decoration.NONE && !declaration.isVoid();
            throw tokens.unexpected((plain ? "\";\", \"<\" or \"[\"" : "\";\"") + misspelt(declaration));
        }
        return tokens.take();
    }

    private static Declaration commented(Declaration field, String comment) {
        return new Declaration(field.position(), field.name(), field.type(), field.shape(), comment);
    }

    UnionBody unionBody(SourcePosition position) {
        tokens.expect("switch");
        tokens.expect("(");
        Token first = tokens.current();
        Declaration discriminant = declaration("a type", new Annotations());
        if (discriminant.isVoid() || discriminant.shape().decoration() != Decoration.NONE) {
            String found = discriminant.isVoid() ? "void" : "an array, opaque, string or optional";
            throw new XdrSyntaxException(first.position(), "found " + found
                    + " as a discriminant, expected an int, unsigned int, bool or enum");
        }
        tokens.expect(")");
        open();
        List<ArmSyntax> arms = new ArrayList<>();
        ArmSyntax otherwise = null;
        if (!tokens.at("case")) {
            throw tokens.unexpected("case");
        }
        while (tokens.at("case")) {
            List<Value> labels = new ArrayList<>();
            while (tokens.takes("case")) {
                labels.add(value("a value of the discriminant"));
                tokens.expect(":");
            }
            arms.add(arm(labels));
        }
        if (tokens.takes("default")) {
            tokens.expect(":");
            otherwise = arm(List.of());
        }
        if (!tokens.takes("}")) {
            throw tokens.unexpected(otherwise == null ? "case, default or \"}\"" : "\"}\": default is the last arm");
        }
        depth--;
        return new UnionBody(position, discriminant, arms, otherwise);
    }

    private ArmSyntax arm(List<Value> labels) {
        Token first = tokens.current();
        Declaration value = declaration("a type", new Annotations());
        Token last = endOf(value);
        return new ArmSyntax(labels, commented(value, tokens.comment(first, last)));
    }
}
