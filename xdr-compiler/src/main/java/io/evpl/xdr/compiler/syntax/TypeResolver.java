package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.Type;
import io.evpl.xdr.compiler.syntax.Scope.Symbol;
import io.evpl.xdr.compiler.syntax.Syntax.Bytes;
import io.evpl.xdr.compiler.syntax.Syntax.Declaration;
import io.evpl.xdr.compiler.syntax.Syntax.NamedType;
import io.evpl.xdr.compiler.syntax.Syntax.Shape;
import io.evpl.xdr.compiler.syntax.Syntax.Simple;
import io.evpl.xdr.compiler.syntax.Syntax.Sized;
import io.evpl.xdr.compiler.syntax.Syntax.TypeSyntax;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The types of declarations. Empty results are faults that have been reported. */
final class TypeResolver {
    private final Scope scope;
    private final Constants constants;
    private final Faults faults;

    TypeResolver(Scope scope, Constants constants, Faults faults) {
        this.scope = scope;
        this.constants = constants;
        this.faults = faults;
    }

    Optional<Type> type(Declaration declaration) {
        return shaped(declaration.type(), declaration.shape());
    }

    private Optional<Type> shaped(TypeSyntax syntax, Shape shape) {
        if (syntax instanceof Bytes bytes) {
            return bytes(bytes, shape);
        }
        Optional<Type> plain = plain(syntax);
        return switch (shape.decoration()) {
            case NONE -> plain;
            case OPTIONAL -> plain.map(Type.Optional::new);
            case FIXED -> {
                Optional<Long> count = fixedLength(shape);
                yield plain.flatMap(element -> count.map(number -> new Type.FixedArray(element, number)));
            }
            case VARIABLE -> {
                Optional<Long> maxCount = longest(shape);
                yield plain.flatMap(element -> maxCount.map(number -> new Type.VariableArray(element, number)));
            }
        };
    }

    private Optional<Type> bytes(Bytes bytes, Shape shape) {
        return switch (shape.decoration()) {
            case FIXED -> fixedLength(shape).map(Type.FixedOpaque::new);
            case VARIABLE -> longest(shape).map(most -> bytes.keyword().equals("string") ? new Type.Text(most, bytes.asBytes())
                    : new Type.VariableOpaque(most, bytes.zeroCopy(), bytes.ddpEligible()));
            case NONE, OPTIONAL -> throw new AssertionError("the parser accepted " + bytes + " as " + shape);
        };
    }

    private Optional<Long> fixedLength(Shape shape) {
        // A Java array's largest length is the bound here: no message that is that long would be accepted.
        return constants.value(shape.bound(), "a fixed length", BigInteger.ZERO, Numbers.MAX_INT).map(BigInteger::longValue);
    }

    private Optional<Long> longest(Shape shape) {
        return shape.bound() == null ? Optional.of(Type.UNBOUNDED)
                : constants.value(shape.bound(), "a largest length", BigInteger.ZERO, Numbers.MAX_UNSIGNED_INT).map(BigInteger::longValue);
    }

    private Optional<Type> plain(TypeSyntax syntax) {
        if (syntax instanceof Simple simple) {
            return Optional.of(simple.type());
        }
        if (syntax instanceof Sized sized) {
            return shaped(sized.of(), sized.shape());
        }
        if (syntax instanceof NamedType named) {
            return named(named);
        }
        throw new AssertionError(syntax + " has no name yet");
    }

    private Optional<Type> named(NamedType named) {
        Symbol symbol = scope.find(named.name());
        if (symbol == null) {
            Type lent = named.keyword().isEmpty() ? Words.LENT_TYPES.get(named.name()) : null;
            if (lent == null && faults.isNewUnknown(named.name())) {
                faults.add(named.position(), "found the unknown type " + Lexer.shortened(named.name()) + ", expected one that is defined"
                        + Words.hint(named.name(), typeNames()));
            }
            return Optional.ofNullable(lent);
        }
        if (!symbol.isType()) {
            faults.add(named.position(), "found the " + symbol.kind() + " " + named.name() + ", expected a type");
            return Optional.empty();
        }
        // A typedef of a struct without a name is one: C's "struct x" for it is what people write.
        if (!named.keyword().isEmpty() && !symbol.kind().equals("typedef") && !symbol.kind().equals(named.keyword())) {
            faults.add(named.position(), "found " + named.keyword() + " " + named.name() + ", expected " + symbol.kind() + " " + named.name()
                    + ": it is defined so at " + symbol.position());
        }
        return Optional.of(new Type.Named(named.name()));
    }

    private List<String> typeNames() {
        List<String> names = new ArrayList<>(scope.names(true));
        names.addAll(Words.TYPES);
        names.addAll(Words.LENT_TYPES.keySet());
        return names;
    }
}
