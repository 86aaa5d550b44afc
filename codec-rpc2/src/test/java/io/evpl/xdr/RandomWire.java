package io.evpl.xdr;

import io.evpl.xdr.compiler.model.Definition;
import io.evpl.xdr.compiler.model.Definition.Arm;
import io.evpl.xdr.compiler.model.Definition.EnumDefinition;
import io.evpl.xdr.compiler.model.Definition.Label;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Definition.TypedefDefinition;
import io.evpl.xdr.compiler.model.Definition.UnionDefinition;
import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.model.Type;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** The bytes of random values of a type, by RFC 4506 and the type's model: without generated code and its run time. */
final class RandomWire {
    private static final int DEEPEST = 12;
    private static final int MOST_ELEMENTS = 6;
    private static final int MOST_BYTES = 40;
    private static final String[] LETTERS = {"a", "Z", " ", "\u00e9", "\u20ac", "\ud83d\ude00"};

    private final Specification specification;
    private final Random random;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);
    private int depth;

    private RandomWire(Specification specification, Random random) {
        this.specification = specification;
        this.random = random;
    }

    static byte[] of(Specification specification, String type, Random random) {
        try {
            RandomWire wire = new RandomWire(specification, random);
            wire.write(new Type.Named(type));
            return wire.bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Type type) throws IOException {
        switch (type) {
            case Type.Scalar scalar -> scalar(scalar);
            case Type.Nothing _ -> { }
            case Type.FixedOpaque opaque -> padded(randomBytes((int) opaque.sizeBytes()));
            case Type.VariableOpaque opaque -> counted(randomBytes(length(opaque.maxBytes(), MOST_BYTES)));
            case Type.Text text -> counted(text(text));
            case Type.FixedArray array -> elements(array.element(), (int) array.count());
            case Type.VariableArray array -> {
                int count = depth > DEEPEST ? 0 : length(array.maxCount(), MOST_ELEMENTS);
                out.writeInt(count);
                elements(array.element(), count);
            }
            case Type.Optional optional -> {
                boolean there = depth <= DEEPEST && random.nextInt(3) > 0;
                out.writeInt(there ? 1 : 0);
                if (there) {
                    write(optional.of());
                }
            }
            case Type.Named named -> {
                depth++;
                definition(specification.definition(named.name()));
                depth--;
            }
        }
    }

    private void scalar(Type.Scalar scalar) throws IOException {
        switch (scalar) {
            case INT, UNSIGNED_INT -> out.writeInt(edged());
            case HYPER, UNSIGNED_HYPER -> out.writeLong(random.nextBoolean() ? edged() : random.nextLong());
            // NaNs other than the canonical one are kept too, but C's float passes through its own registers on some machines.
            case FLOAT -> out.writeInt(Float.floatToIntBits(random.nextInt(5) == 0 ? Float.NaN : random.nextFloat() * edged()));
            case DOUBLE -> out.writeLong(Double.doubleToLongBits(random.nextInt(5) == 0 ? -0.0 : random.nextDouble() * edged()));
            case QUADRUPLE -> out.write(randomBytes(16));
            case BOOL -> out.writeInt(random.nextInt(2));
        }
    }

    private int edged() {
        int[] edges = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE};
        int chosen = random.nextInt(2 * edges.length);
        return chosen < edges.length ? edges[chosen] : random.nextInt();
    }

    private void definition(Definition definition) throws IOException {
        switch (definition) {
            case EnumDefinition enumeration -> out.writeInt(enumeration.lenient() && random.nextInt(4) == 0 ? random.nextInt()
                    : pick(enumeration.enumerators()).value());
            case StructDefinition struct -> {
                for (Definition.Field field : struct.fields()) {
                    write(field.type());
                }
            }
            case UnionDefinition union -> union(union);
            case TypedefDefinition typedef -> write(typedef.type());
        }
    }

    private void union(UnionDefinition union) throws IOException {
        int arms = union.arms().size();
        int chosen = random.nextInt(arms + (union.otherwise().isPresent() ? 1 : 0));
        Integer other = chosen == arms ? unlisted(union) : null;
        Arm arm = chosen < arms || other == null ? union.arms().get(chosen % arms) : union.otherwise().orElseThrow();
        out.writeInt(chosen < arms || other == null ? pick(arm.labels()).value() : other);
        if (arm.value().isPresent()) {
            write(arm.value().get().type());
        }
    }

    /** A discriminant for the default arm; null if all are listed. */
    private Integer unlisted(UnionDefinition union) {
        Set<Integer> listed = new HashSet<>();
        union.arms().forEach(arm -> arm.labels().stream().map(Label::value).forEach(listed::add));
        Type type = union.discriminant().type();
        while (type instanceof Type.Named named && specification.definition(named.name()) instanceof TypedefDefinition typedef) {
            type = typedef.type();
        }
        if (type instanceof Type.Named named && specification.definition(named.name()) instanceof EnumDefinition enumeration) {
            List<Integer> left = enumeration.enumerators().stream().map(Definition.Enumerator::value).filter(each -> !listed.contains(each)).toList();
            return left.isEmpty() ? null : pick(left);
        }
        int value = type == Type.Scalar.BOOL ? 0 : random.nextInt();
        while (listed.contains(value)) {
            if (type == Type.Scalar.BOOL && value == 1) {
                return null;
            }
            value++;
        }
        return value;
    }

    private byte[] text(Type.Text text) {
        if (text.asBytes()) {
            return printable(length(text.maxBytes(), MOST_BYTES));
        }
        int most = length(text.maxBytes(), MOST_BYTES);
        StringBuilder string = new StringBuilder();
        while (true) {
            String more = string + LETTERS[random.nextInt(LETTERS.length)];
            if (more.getBytes(StandardCharsets.UTF_8).length > most) {
                return string.toString().getBytes(StandardCharsets.UTF_8);
            }
            string.append(more, string.length(), more.length());
        }
    }

    /** A C string ends with its first 0. */
    private byte[] printable(int length) {
        byte[] printable = randomBytes(length);
        for (int i = 0; i < length; i++) {
            printable[i] = printable[i] == 0 ? 1 : printable[i];
        }
        return printable;
    }

    private int length(long max, int most) {
        return random.nextInt((int) Math.min(max, most) + 1);
    }

    private byte[] randomBytes(int length) {
        byte[] made = new byte[length];
        random.nextBytes(made);
        return made;
    }

    private void counted(byte[] value) throws IOException {
        out.writeInt(value.length);
        padded(value);
    }

    private void padded(byte[] value) throws IOException {
        out.write(value);
        out.write(new byte[-value.length & 3]);
    }

    private void elements(Type element, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            write(element);
        }
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
