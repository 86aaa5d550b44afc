package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.SourcePosition;
import io.evpl.xdr.compiler.syntax.Syntax.ConstantItem;
import io.evpl.xdr.compiler.syntax.Syntax.EnumBody;
import io.evpl.xdr.compiler.syntax.Syntax.EnumeratorSyntax;
import io.evpl.xdr.compiler.syntax.Syntax.Item;
import io.evpl.xdr.compiler.syntax.Syntax.ProgramItem;
import io.evpl.xdr.compiler.syntax.Syntax.TypeItem;
import io.evpl.xdr.compiler.syntax.Syntax.TypedefItem;
import io.evpl.xdr.compiler.syntax.Syntax.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names of a specification: constants, types, enumerators and programs have one name space (RFC 4506 section 6.4). */
final class Scope {
    /** A constant or an enumerator; {@link Constants} finds out its value. */
    static final class ConstantNode {
        final SourcePosition position;
        final String name;
        /** Null for an enumerator that is one more than the one before. */
        final Value value;
        /** Null for the first of an enum. */
        final ConstantNode previous;
        final boolean isEnumerator;
        Constants.Result result;
        boolean isBeingEvaluated;

        ConstantNode(SourcePosition position, String name, Value value, ConstantNode previous, boolean isEnumerator) {
            this.position = position;
            this.name = name;
            this.value = value;
            this.previous = previous;
            this.isEnumerator = isEnumerator;
        }
    }

    /** @param constant null for a type or a program */
    record Symbol(String kind, SourcePosition position, Item item, ConstantNode constant) {
        boolean isType() {
            return item instanceof TypeItem && constant == null || item instanceof TypedefItem;
        }
    }

    private final LentFiles lent;
    private final Faults faults;
    private final Map<String, Symbol> symbols = new LinkedHashMap<>();
    /** Types that were not in the file, in the order of their use; the resolver takes them one by one. */
    private final List<Item> lentItems = new ArrayList<>();

    Scope(LentFiles lent, Faults faults) {
        this.lent = lent;
        this.faults = faults;
    }

    List<Item> lentItems() {
        return lentItems;
    }

    Directives.Macro macro(String name) {
        return lent.macro(name);
    }

    /** The names that are defined, for the search for a likely one. */
    List<String> names(boolean types) {
        List<String> names = new ArrayList<>();
        symbols.forEach((name, symbol) -> {
            if (types ? symbol.isType() : symbol.constant != null) {
                names.add(name);
            }
        });
        return names;
    }

    void declare(Item item) {
        if (item instanceof ConstantItem constant) {
            ConstantNode node = new ConstantNode(item.position(), item.name(), constant.value(), null, false);
            put(item.name(), new Symbol("constant", item.position(), item, node));
        } else if (item instanceof TypeItem type) {
            put(item.name(), new Symbol(type.body().keyword(), item.position(), item, null));
            if (type.body() instanceof EnumBody body) {
                enumerators(item, body);
            }
        } else {
            put(item.name(), new Symbol(item instanceof ProgramItem ? "program" : "typedef", item.position(), item, null));
        }
    }

    private void enumerators(Item item, EnumBody body) {
        ConstantNode previous = null;
        for (EnumeratorSyntax enumerator : body.enumerators()) {
            previous = new ConstantNode(enumerator.position(), enumerator.name(), enumerator.value(), previous, true);
            put(enumerator.name(), new Symbol("enumerator", enumerator.position(), item, previous));
        }
    }

    private void put(String name, Symbol symbol) {
        if (name.equals("TRUE") || name.equals("FALSE")) {
            faults.add(symbol.position, "found " + name + " as the name of " + article(symbol.kind)
                    + ", expected another name: it is a value of bool");
            return;
        }
        Symbol first = symbols.putIfAbsent(name, symbol);
        if (first != null) {
            faults.add(symbol.position, "found " + name + " again, expected another name: it is the " + first.kind + " at "
                    + first.position);
        }
    }

    private static String article(String kind) {
        return (kind.equals("enum") || kind.equals("enumerator") ? "an " : "a ") + kind;
    }

    /** Null if there is none with this name. */
    Symbol find(String name) {
        Symbol symbol = symbols.get(name);
        // The language's own words go before those of a file that is only included by C.
        if (symbol == null && !Words.LENT_TYPES.containsKey(name) && !Words.LENT_CONSTANTS.containsKey(name) && macro(name) == null) {
            Item item = lent.item(name);
            if (item != null && !isDeclared(item)) {
                declare(item);
                lentItems.add(item);
                symbol = symbols.get(name);
            }
        }
        return symbol;
    }

    private boolean isDeclared(Item item) {
        return symbols.containsKey(item.name());
    }
}
