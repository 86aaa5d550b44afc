package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.Definition.Arm;
import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.Label;
import io.evpl.xdr.compiler.model.Definition.UnionDefinition;
import io.evpl.xdr.compiler.model.Type;
import io.evpl.xdr.compiler.syntax.Scope.Symbol;
import io.evpl.xdr.compiler.syntax.Syntax.ArmSyntax;
import io.evpl.xdr.compiler.syntax.Syntax.Declaration;
import io.evpl.xdr.compiler.syntax.Syntax.Decoration;
import io.evpl.xdr.compiler.syntax.Syntax.EnumBody;
import io.evpl.xdr.compiler.syntax.Syntax.EnumeratorSyntax;
import io.evpl.xdr.compiler.syntax.Syntax.Literal;
import io.evpl.xdr.compiler.syntax.Syntax.NamedType;
import io.evpl.xdr.compiler.syntax.Syntax.Simple;
import io.evpl.xdr.compiler.syntax.Syntax.TypeItem;
import io.evpl.xdr.compiler.syntax.Syntax.TypeSyntax;
import io.evpl.xdr.compiler.syntax.Syntax.TypedefItem;
import io.evpl.xdr.compiler.syntax.Syntax.UnionBody;
import io.evpl.xdr.compiler.syntax.Syntax.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A union's discriminant, and the labels that its type allows (RFC 4506 section 4.15). */
final class UnionResolver {
    private static final String NO_SCALAR = "an array, opaque, string or optional";

    private final Scope scope;
    private final Constants constants;
    private final TypeResolver types;
    private final Faults faults;

    UnionResolver(Scope scope, Constants constants, TypeResolver types, Faults faults) {
        this.scope = scope;
        this.constants = constants;
        this.types = types;
        this.faults = faults;
    }

    UnionDefinition union(TypeItem item, UnionBody body) {
        Field discriminant = field(body.discriminant());
        Labels labels = labels(body.discriminant());
        Map<BigInteger, Value> seen = new HashMap<>();
        List<Arm> arms = new ArrayList<>();
        for (ArmSyntax arm : body.arms()) {
            List<Label> values = new ArrayList<>();
            for (Value label : arm.labels()) {
                value(labels, label, seen).ifPresent(number -> values.add(new Label(label.text(), number.intValue())));
            }
            arms.add(new Arm(values, content(arm.value())));
        }
        Optional<Arm> otherwise = Optional.ofNullable(body.otherwise()).map(arm -> new Arm(List.of(), content(arm.value())));
        return new UnionDefinition(item.name(), item.position(), item.comment(), discriminant, List.copyOf(arms), otherwise);
    }

    private Field field(Declaration declaration) {
        return new Field(declaration.name(), types.type(declaration), declaration.comment());
    }

    private Optional<Field> content(Declaration declaration) {
        return declaration.isVoid() ? Optional.empty() : Optional.of(field(declaration));
    }

    private Optional<BigInteger> value(Labels labels, Value label, Map<BigInteger, Value> seen) {
        Optional<BigInteger> number = labels == null ? Optional.empty() : labels.value(label);
        number.ifPresent(value -> {
            Value first = seen.putIfAbsent(value, label);
            if (first != null) {
                faults.add(label.position(), "found case " + label.text() + (label.text().equals(first.text()) ? "" : " = " + value)
                        + " again, expected another value: the first is " + first.text() + " at " + first.position());
            }
        });
        return number;
    }

    // ---- the discriminant

    /** The labels that a discriminant's type allows. */
    private interface Labels {
        Optional<BigInteger> value(Value label);
    }

    /** Null if the type is wrong, which was said then. */
    private Labels labels(Declaration discriminant) {
        TypeSyntax type = discriminant.type();
        Set<String> followed = new HashSet<>();
        while (type instanceof NamedType named) {
            Symbol symbol = scope.find(named.name());
            if (symbol == null && Words.LENT_TYPES.containsKey(named.name())) {
                type = new Simple(Words.LENT_TYPES.get(named.name()));
            } else if (symbol == null || !symbol.isType() || !followed.add(named.name())) {
                return null;
            } else if (symbol.item() instanceof TypeItem item && item.body() instanceof EnumBody body) {
                return enumLabels(item.name(), body);
            } else if (symbol.item() instanceof TypedefItem typedef
                    && typedef.declaration().shape().decoration() == Decoration.NONE) {
                type = typedef.declaration().type();
            } else {
                return wrong(discriminant, symbol.item() instanceof TypeItem ? "a " + symbol.kind() : NO_SCALAR);
            }
        }
        if (!(type instanceof Simple simple) || !(simple.type() instanceof Type.Scalar scalar)) {
            return wrong(discriminant, NO_SCALAR);
        }
        return switch (scalar) {
            case INT -> intLabels(Numbers.MIN_INT, Numbers.MAX_INT, "a value of the int " + discriminant.name());
            case UNSIGNED_INT -> intLabels(BigInteger.ZERO, Numbers.MAX_UNSIGNED_INT, "a value of the unsigned int " + discriminant.name());
            case BOOL -> named("bool " + discriminant.name(), "TRUE or FALSE", Map.of("FALSE", BigInteger.ZERO, "TRUE", BigInteger.ONE));
            case HYPER -> wrong(discriminant, "a hyper");
            case UNSIGNED_HYPER -> wrong(discriminant, "an unsigned hyper");
            case FLOAT -> wrong(discriminant, "a float");
            case DOUBLE -> wrong(discriminant, "a double");
            case QUADRUPLE -> wrong(discriminant, "a quadruple");
        };
    }

    private Labels wrong(Declaration discriminant, String found) {
        faults.add(discriminant.position(), "found " + found + " as the discriminant " + discriminant.name()
                + ", expected an int, unsigned int, bool or enum");
        return null;
    }

    private Labels intLabels(BigInteger from, BigInteger to, String what) {
        return label -> constants.value(label, what, from, to);
    }

    private Labels enumLabels(String name, EnumBody body) {
        Map<String, BigInteger> values = new LinkedHashMap<>();
        for (EnumeratorSyntax enumerator : body.enumerators()) {
            Symbol symbol = scope.find(enumerator.name());
            if (symbol != null && symbol.constant() != null) {
                // One whose value was wrong still is a name that a label may have.
                values.put(enumerator.name(), constants.value(symbol.constant()).orElse(null));
            }
        }
        return named("enum " + name, "one of its enumerators", values);
    }

    /** By name, or by a number that one of the names has. */
    private Labels named(String of, String expected, Map<String, BigInteger> values) {
        return label -> {
            if (label instanceof Literal literal ? values.containsValue(literal.value()) : values.containsKey(label.text())) {
                return label instanceof Literal literal ? Optional.of(literal.value()) : Optional.ofNullable(values.get(label.text()));
            }
            if (!faults.isFull()) {
                faults.add(label.position(), "found case " + Lexer.shortened(label.text()) + " of the " + of + ", expected " + expected
                        + (label instanceof Literal ? "" : Words.hint(label.text(), values.keySet())));
            }
            return Optional.empty();
        };
    }
}
