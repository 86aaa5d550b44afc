package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.Type;
import io.evpl.xdr.compiler.syntax.Scope.Symbol;
import io.evpl.xdr.compiler.syntax.Syntax.Bytes;
import io.evpl.xdr.compiler.syntax.Syntax.Declaration;
import io.evpl.xdr.compiler.syntax.Syntax.Decoration;
import io.evpl.xdr.compiler.syntax.Syntax.NamedType;
import io.evpl.xdr.compiler.syntax.Syntax.Shape;
import io.evpl.xdr.compiler.syntax.Syntax.Simple;
import io.evpl.xdr.compiler.syntax.Syntax.Sized;
import io.evpl.xdr.compiler.syntax.Syntax.TypeItem;
import io.evpl.xdr.compiler.syntax.Syntax.TypeSyntax;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** From a declaration to the shape of its values. */
final class TypeResolver {
    private final Scope scope;
    private final Constants constants;
    private final Faults faults;

    TypeResolver(Scope scope, Constants constants, Faults faults) {
        this.scope = scope;
        this.constants = constants;
        this.faults = faults;
    }

    /** Something, even if a name or a length was wrong: faults has it then. */
    Type type(Declaration declaration) {
        return shaped(declaration.type(), declaration.shape());
    }

    private Type shaped(TypeSyntax syntax, Shape shape) {
        if (syntax instanceof Bytes bytes) {
            return bytes(bytes, shape);
        }
        Type element = syntax instanceof Simple simple ? simple.type()
                : syntax instanceof Sized sized ? shaped(sized.of(), sized.shape())
                : named((NamedType) syntax);
        return switch (shape.decoration()) {
            case NONE -> element;
            case OPTIONAL -> new Type.Optional(element);
            case FIXED -> new Type.FixedArray(element, bound(shape, "the number of elements"));
            case VARIABLE -> new Type.VariableArray(element, bound(shape, "the largest number of elements"));
        };
    }

    private Type bytes(Bytes bytes, Shape shape) {
        if (shape.decoration() == Decoration.FIXED) {
            return new Type.FixedOpaque(bound(shape, "the number of bytes"));
        }
        long maxBytes = bound(shape, "the largest number of bytes");
        return bytes.keyword().equals("string") ? new Type.Text(maxBytes, bytes.asBytes())
                : new Type.VariableOpaque(maxBytes, bytes.zeroCopy(), bytes.ddpEligible());
    }

    /** What has a fixed length is in memory whole, and an array of Java's has no more elements. */
    private long bound(Shape shape, String what) {
        BigInteger most = shape.decoration() == Decoration.FIXED ? Numbers.MAX_INT : Numbers.MAX_UNSIGNED_INT;
        return shape.bound() == null ? Type.UNBOUNDED
                : constants.value(shape.bound(), what, BigInteger.ZERO, most).map(BigInteger::longValue).orElse(0L);
    }

    private Type named(NamedType named) {
        Symbol symbol = scope.find(named.name());
        if (symbol == null) {
            Type lent = named.keyword().isEmpty() ? Words.LENT_TYPES.get(named.name()) : null;
            return lent != null ? lent : unknown(named);
        }
        if (!symbol.isType()) {
            faults.add(named.position(), "found the " + symbol.kind() + " " + named.name() + ", expected a type");
        } else if (!named.keyword().isEmpty() && symbol.item() instanceof TypeItem && !symbol.kind().equals(named.keyword())) {
            faults.add(named.position(), "found " + named.keyword() + " " + named.name() + ", expected " + symbol.kind() + " "
                    + named.name() + ", as it is defined at " + symbol.position());
        }
        return new Type.Named(named.name());
    }

    private Type unknown(NamedType named) {
        if (faults.isNewUnknown(named.name())) {
            List<String> candidates = new ArrayList<>(scope.names(true));
            candidates.addAll(Words.TYPES);
            candidates.addAll(Words.LENT_TYPES.keySet());
            faults.add(named.position(), "found the unknown type " + Lexer.shortened(named.name()) + ", expected one that is defined"
                    + Words.hint(named.name(), named.keyword().isEmpty() ? candidates : Set.copyOf(scope.names(true))));
        }
        return new Type.Named(named.name());
    }
}
