package io.evpl.xdr;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A specification made up at random: types t0, t1, ... of those before them and, where that ends, of themselves. */
final class RandomSpecification {
    private static final int TYPES = 14;
    private static final String[] SCALARS = {"int", "unsigned int", "hyper", "unsigned hyper", "float", "double", "bool", "quadruple"};
    /** Words that Java, or generated code, has a use for itself. */
    private static final String[] FIELDS = {"class", "value", "in", "out", "at", "hashCode", "record", "arm", "discriminant", "union_", "CODEC",
            "that", "other", "list", "yield", "toString", "notify"};

    private final Random random;
    private final StringBuilder text = new StringBuilder("const BOUND = 5;\n");
    /** What fields may be of. */
    private final List<String> known = new ArrayList<>();
    private final List<String> enums = new ArrayList<>();
    private int fields;

    RandomSpecification(Random random) {
        this.random = random;
    }

    String text() {
        text.append("typedef opaque a_key[5];\ntypedef string a_name<9>;\ntypedef a_name a_names<BOUND>;\ntypedef int a_matrix[2];\n");
        known.addAll(List.of("a_key", "a_name", "a_names", "a_matrix"));
        for (int i = 0; i < TYPES; i++) {
            String name = "t" + i;
            switch (i < 2 ? 0 : random.nextInt(5)) {
                case 0 -> enumeration(name);
                case 1 -> union(name);
                case 2 -> node(name);
                default -> struct(name);
            }
            known.add(name);
        }
        return text.toString();
    }

    private void enumeration(String name) {
        text.append(random.nextBoolean() ? "@lenient " : "").append("enum ").append(name).append(" {");
        int value = random.nextInt(7) - 3;
        for (int i = 0; i < 4; i++) {
            text.append(i == 0 ? " " : ", ").append(name.toUpperCase()).append("_E").append(i).append(" = ").append(value);
            value += random.nextInt(4);
        }
        text.append(" };\n");
        enums.add(name);
    }

    private void struct(String name) {
        text.append("struct ").append(name).append(" {\n");
        for (int i = 1 + random.nextInt(9); i > 0; i--) {
            field(name);
        }
        if (random.nextInt(4) == 0) {
            text.append("    ").append(name).append(random.nextBoolean() ? " *mirror;\n" : " mirrors<2>;\n").append("    int last;\n");
        }
        text.append("};\n");
    }

    private void node(String name) {
        text.append("struct ").append(name).append(" {\n");
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            field(name);
        }
        text.append("    ").append(name).append(" *next;\n};\n");
    }

    private void union(String name) {
        int kind = random.nextInt(3);
        String[] labels = {"-1", "0x2", "010", "4"};
        text.append("union ").append(name).append(" switch (");
        if (kind == 0) {
            text.append("bool kind) {\n");
            labels = new String[] {"TRUE", "FALSE"};
        } else if (kind == 1) {
            text.append(random.nextBoolean() ? "int kind) {\n" : "int value) {\n");
        } else {
            // Enumerators may have equal values: the first has one of its own.
            String of = enums.get(random.nextInt(enums.size()));
            text.append(of).append(" kind) {\n");
            labels = new String[] {of.toUpperCase() + "_E0"};
        }
        for (String label : labels) {
            text.append("case ").append(label).append(":\n");
            if (random.nextInt(3) > 0 || label.equals(labels[labels.length - 1])) {
                arm(name);
            }
        }
        if (kind > 0 && random.nextBoolean()) {
            text.append("default:\n");
            arm(name);
        }
        text.append("};\n");
    }

    private void arm(String owner) {
        if (random.nextInt(3) == 0) {
            text.append("    void;\n");
        } else {
            field(owner);
        }
    }

    private void field(String owner) {
        String name = random.nextInt(4) == 0 ? FIELDS[fields % FIELDS.length] + fields / FIELDS.length % 1 : "f" + fields;
        name = name.endsWith("0") && !name.startsWith("f") ? name.substring(0, name.length() - 1) : name;
        name = text.substring(text.lastIndexOf(" " + owner + " ")).matches("(?s).*\\b" + name + "\\b.*") ? "g" + fields : name;
        fields++;
        text.append("    ").append(declaration(name)).append(";\n");
    }

    private String declaration(String name) {
        String bound = random.nextBoolean() ? "<>" : "<" + (1 + random.nextInt(9)) + ">";
        return switch (random.nextInt(9)) {
            case 0 -> "opaque " + name + bound;
            case 1 -> (random.nextBoolean() ? "@zerocopy" : "@ddp") + " opaque " + name + bound;
            case 2 -> (random.nextBoolean() ? "@bytes " : "") + "string " + name + bound;
            case 3 -> "opaque " + name + "[" + (1 + random.nextInt(300)) + "]";
            case 4 -> element() + " " + name + bound;
            case 5 -> element() + " " + name + "[" + (1 + random.nextInt(3)) + "]";
            case 6 -> element() + " *" + name;
            default -> element() + " " + name;
        };
    }

    private String element() {
        return random.nextInt(3) == 0 ? known.get(random.nextInt(known.size())) : SCALARS[random.nextInt(SCALARS.length)];
    }
}
