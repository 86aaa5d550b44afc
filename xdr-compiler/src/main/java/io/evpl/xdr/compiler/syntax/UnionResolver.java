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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A union's discriminant, the labels that are values of it, and the arms. RFC 4506 section 4.15. */
final class UnionResolver {
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

    Optional<UnionDefinition> resolve(TypeItem item, UnionBody body) {
        Declaration switched = body.discriminant();
        Optional<Type> type = types.type(switched);
        Optional<Discriminant> discriminant = type.flatMap(found -> discriminant(switched));
        List<Arm> arms = new ArrayList<>();
        Map<Integer, Value> seen = new HashMap<>();
        Map<String, Declaration> names = new HashMap<>();
        names.put(switched.name(), switched);
        for (ArmSyntax arm : body.arms()) {
            List<Label> labels = new ArrayList<>();
            for (Value label : arm.labels()) {
                discriminant.flatMap(of -> label(of, label, seen)).ifPresent(labels::add);
            }
            arms.add(new Arm(List.copyOf(labels), value(arm, names)));
        }
        Optional<Arm> otherwise = Optional.ofNullable(body.otherwise()).map(arm -> new Arm(List.of(), value(arm, names)));
        return type.map(found -> new UnionDefinition(item.name(), item.position(), item.comment(),
                new Field(switched.name(), found, switched.comment()), List.copyOf(arms), otherwise));
    }

    private Optional<Field> value(ArmSyntax arm, Map<String, Declaration> names) {
        Declaration value = arm.value();
        if (value.isVoid()) {
            return Optional.empty();
        }
        Declaration first = names.putIfAbsent(value.name(), value);
        if (first != null) {
            faults.add(value.position(), "found the field " + value.name() + " again, expected another name: it is at " + first.position());
        }
        return types.type(value).map(type -> new Field(value.name(), type, value.comment()));
    }

    /** @param enumeration null for an int, an unsigned int or a bool */
    private record Discriminant(String described, BigInteger from, BigInteger to, EnumBody enumeration, TypeItem item) {
    }

    private Optional<Discriminant> discriminant(Declaration switched) {
        TypeSyntax syntax = switched.type();
        boolean plain = switched.shape().decoration() == Decoration.NONE;
        Set<String> passed = new HashSet<>();
        while (plain && syntax instanceof NamedType named) {
            Symbol symbol = scope.find(named.name());
            if (symbol == null) {
                Type lent = Words.LENT_TYPES.get(named.name());
                syntax = lent == null ? syntax : new Simple(lent);
                break;
            }
            if (symbol.item() instanceof TypeItem type && type.body() instanceof EnumBody body) {
                return Optional.of(new Discriminant("enum " + type.name(), Numbers.MIN_INT, Numbers.MAX_INT, body, type));
            }
            if (!(symbol.item() instanceof TypedefItem typedef) || !passed.add(named.name())) {
                break;
            }
            syntax = typedef.declaration().type();
            plain = typedef.declaration().shape().decoration() == Decoration.NONE;
        }
        if (plain && syntax instanceof Simple simple && simple.type() instanceof Type.Scalar scalar) {
            switch (scalar) {
                case INT:
                    return Optional.of(new Discriminant("int", Numbers.MIN_INT, Numbers.MAX_INT, null, null));
                case UNSIGNED_INT:
                    return Optional.of(new Discriminant("unsigned int", BigInteger.ZERO, Numbers.MAX_UNSIGNED_INT, null, null));
                case BOOL:
                    return Optional.of(new Discriminant("bool", BigInteger.ZERO, BigInteger.ONE, null, null));
                default:
                    break;
            }
        }
        faults.add(switched.position(), "found the discriminant " + switched.name()
                + " of another type, expected an int, unsigned int, bool or enum");
        return Optional.empty();
    }

    private Optional<Label> label(Discriminant discriminant, Value label, Map<Integer, Value> seen) {
        Optional<BigInteger> value = constants.value(label);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        BigInteger number = value.get();
        boolean fits = Numbers.isWithin(number, discriminant.from, discriminant.to)
                && (discriminant.enumeration == null || isEnumerator(discriminant, number));
        if (!fits) {
            faults.add(label.position(), "found the label " + Lexer.shortened(label.text()) + ", expected a value of "
                    + discriminant.described + hint(discriminant, label));
            return Optional.empty();
        }
        Value first = seen.putIfAbsent(number.intValue(), label);
        if (first != null) {
            faults.add(label.position(), "found the label " + label.text() + " again, expected another value: it is the one at "
                    + first.position());
        }
        return Optional.of(new Label(label.text(), number.intValue()));
    }

    private boolean isEnumerator(Discriminant discriminant, BigInteger number) {
        for (EnumeratorSyntax enumerator : discriminant.enumeration.enumerators()) {
            Symbol symbol = scope.find(enumerator.name());
            if (symbol != null && symbol.constant() != null && symbol.item() == discriminant.item
                    && constants.value(symbol.constant()).filter(number::equals).isPresent()) {
                return true;
            }
        }
        return false;
    }

    private static String hint(Discriminant discriminant, Value label) {
        return discriminant.enumeration == null ? ""
                : Words.hint(label.text(), discriminant.enumeration.enumerators().stream().map(EnumeratorSyntax::name).toList());
    }
}
