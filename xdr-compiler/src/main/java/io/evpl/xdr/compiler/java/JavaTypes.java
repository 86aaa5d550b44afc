package io.evpl.xdr.compiler.java;

import io.evpl.xdr.compiler.model.Definition;
import io.evpl.xdr.compiler.model.Definition.Arm;
import io.evpl.xdr.compiler.model.Definition.EnumDefinition;
import io.evpl.xdr.compiler.model.Definition.Field;
import io.evpl.xdr.compiler.model.Definition.StructDefinition;
import io.evpl.xdr.compiler.model.Definition.TypedefDefinition;
import io.evpl.xdr.compiler.model.Definition.UnionDefinition;
import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.model.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the types of a specification are in Java, and what can be said of their bytes beforehand. */
final class JavaTypes {
    /** Fields of fixed size are checked together up to this: XdrEncoder.MAX_RUN_BYTES. */
    static final int RUN_BYTES = 1024;
    /** Longer ones are not worth to be part of a run. */
    private static final int FLAT_OPAQUE_BYTES = 256;
    private static final int FLAT_STRUCT_BYTES = 512;
    private static final int UNKNOWN = -1;

    private final Specification specification;
    final JavaNames names;
    private final Map<String, Integer> minBytes = new HashMap<>();
    private final Map<String, Boolean> holdsBuffers = new HashMap<>();

    JavaTypes(Specification specification, JavaNames names) {
        this.specification = specification;
        this.names = names;
    }

    /** Without the typedefs before it. */
    Type resolved(Type type) {
        Type each = type;
        while (each instanceof Type.Named named && definition(named) instanceof TypedefDefinition typedef) {
            each = typedef.type();
        }
        return each;
    }

    Definition definition(Type.Named named) {
        return specification.definition(named.name());
    }

    /** The definition that a type is, behind its typedefs; null if it is none. */
    private Definition resolvedDefinition(Type type) {
        return resolved(type) instanceof Type.Named named ? definition(named) : null;
    }

    EnumDefinition enumeration(Type type) {
        return resolvedDefinition(type) instanceof EnumDefinition found ? found : null;
    }

    boolean isListNode(Type type) {
        return resolvedDefinition(type) instanceof StructDefinition struct && struct.isListNode();
    }

    /** Whether it is a pointer to the first of a linked list. */
    boolean isLinkedList(Type type) {
        return resolved(type) instanceof Type.Optional optional && isListNode(optional.of());
    }

    /** The fields that a record has: those of a list's element are without the pointer to the next. */
    List<Field> components(StructDefinition struct) {
        return struct.isListNode() ? struct.fields().subList(0, struct.fields().size() - 1) : struct.fields();
    }

    // ---- Java's types -----------------------------------------------------------------------------------------------

    /** The type of a field or a parameter. */
    String java(Type type, JavaSource source) {
        Type shape = resolved(type);
        if (shape instanceof Type.Scalar scalar) {
            return switch (scalar) {
                case INT, UNSIGNED_INT -> "int";
                case HYPER, UNSIGNED_HYPER -> "long";
                case FLOAT -> "float";
                case DOUBLE -> "double";
                case BOOL -> "boolean";
                case QUADRUPLE -> source.use("io.evpl.xdr.Quadruple");
            };
        } else if (shape instanceof Type.FixedOpaque) {
            return "byte[]";
        } else if (shape instanceof Type.VariableOpaque opaque) {
            return opaque.zeroCopy() ? source.use("io.netty.buffer.ByteBuf") : "byte[]";
        } else if (shape instanceof Type.Text text) {
            return text.asBytes() ? "byte[]" : "String";
        } else if (shape instanceof Type.FixedArray array) {
            return array(array.element(), source);
        } else if (shape instanceof Type.VariableArray array) {
            return array(array.element(), source);
        } else if (shape instanceof Type.Optional optional) {
            return isListNode(optional.of()) ? java(optional.of(), source) : boxed(optional.of(), source);
        } else if (shape instanceof Type.Named named) {
            String name = names.type(named.name());
            return isListNode(shape) ? source.use("java.util.List") + "<" + name + ">" : name;
        }
        return "Void";
    }

    private String array(Type element, JavaSource source) {
        return isPrimitive(element) ? java(element, source) + "[]" : source.use("java.util.List") + "<" + boxed(element, source) + ">";
    }

    /** As the argument of a generic type. */
    String boxed(Type type, JavaSource source) {
        String name = java(type, source);
        return switch (name) {
            case "int" -> "Integer";
            case "boolean" -> "Boolean";
            case "long", "float", "double" -> JavaNames.upperFirst(name);
            default -> name;
        };
    }

    boolean isPrimitive(Type type) {
        return resolved(type) instanceof Type.Scalar scalar && scalar != Type.Scalar.QUADRUPLE;
    }

    /** Whether Java would compare it, or something in it, by identity. */
    boolean holdsArrays(Type type) {
        Type shape = resolved(type);
        if (shape instanceof Type.VariableOpaque opaque) {
            return !opaque.zeroCopy();
        } else if (shape instanceof Type.Text text) {
            return text.asBytes();
        } else if (shape instanceof Type.FixedArray array) {
            return isPrimitive(array.element()) || holdsArrays(array.element());
        } else if (shape instanceof Type.VariableArray array) {
            return isPrimitive(array.element()) || holdsArrays(array.element());
        } else if (shape instanceof Type.Optional optional) {
            return holdsArrays(optional.of());
        }
        return shape instanceof Type.FixedOpaque;
    }

    // ---- bytes ------------------------------------------------------------------------------------------------------

    static int padded(long bytes) {
        return (int) Math.min((bytes + 3) & ~3L, Integer.MAX_VALUE);
    }

    /** The size of a type whose values all have the same, small one, and which may be part of a run; else -1. */
    int flatBytes(Type type) {
        Type shape = resolved(type);
        if (shape instanceof Type.Scalar scalar) {
            return switch (scalar) {
                case INT, UNSIGNED_INT, FLOAT, BOOL -> 4;
                case HYPER, UNSIGNED_HYPER, DOUBLE -> 8;
                case QUADRUPLE -> 16;
            };
        } else if (shape instanceof Type.FixedOpaque opaque) {
            return opaque.sizeBytes() <= FLAT_OPAQUE_BYTES ? padded(opaque.sizeBytes()) : UNKNOWN;
        } else if (shape instanceof Type.Named named) {
            Definition definition = definition(named);
            return definition instanceof EnumDefinition ? 4
                    : definition instanceof StructDefinition struct ? flatBytes(struct) : UNKNOWN;
        }
        return UNKNOWN;
    }

    int flatBytes(StructDefinition struct) {
        if (struct.isListNode()) {
            return UNKNOWN;
        }
        int sum = 0;
        for (Field field : struct.fields()) {
            int bytes = flatBytes(field.type());
            if (bytes == UNKNOWN || (sum += bytes) > FLAT_STRUCT_BYTES) {
                return UNKNOWN;
            }
        }
        return sum;
    }

    /** No value has fewer bytes. */
    int minBytes(Type type) {
        Type shape = resolved(type);
        if (shape instanceof Type.Scalar) {
            return flatBytes(shape);
        } else if (shape instanceof Type.FixedOpaque opaque) {
            return padded(opaque.sizeBytes());
        } else if (shape instanceof Type.FixedArray array) {
            return clamped(array.count() * minBytes(array.element()));
        } else if (shape instanceof Type.Named named) {
            return clamped(minBytes(definition(named)) + (isListNode(shape) ? 4L : 0L));
        }
        return shape instanceof Type.Nothing ? 0 : 4;
    }

    /** Of a list's element, what its record has. */
    int minBytes(Definition definition) {
        Integer known = minBytes.get(definition.name());
        if (known != null) {
            return known;
        }
        // What is within itself through an arm alone ends with another arm: 0 until that is known.
        minBytes.put(definition.name(), 0);
        long bytes = 4;
        if (definition instanceof StructDefinition struct) {
            bytes = components(struct).stream().mapToLong(field -> minBytes(field.type())).sum();
        } else if (definition instanceof UnionDefinition union) {
            bytes = 4 + arms(union).stream().mapToLong(arm -> arm.value().map(field -> minBytes(field.type())).orElse(0)).min().orElse(0);
        }
        minBytes.put(definition.name(), clamped(bytes));
        return clamped(bytes);
    }

    private static int clamped(long bytes) {
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    /** With the default arm, if there is one, as the last. */
    static List<Arm> arms(UnionDefinition union) {
        List<Arm> arms = new ArrayList<>(union.arms());
        union.otherwise().ifPresent(arms::add);
        return arms;
    }

    // ---- what is within ---------------------------------------------------------------------------------------------

    /** Whether a value may hold zero-copy buffers, which are to be released. */
    boolean holdsBuffers(Type type) {
        Type shape = resolved(type);
        if (shape instanceof Type.VariableOpaque opaque) {
            return opaque.zeroCopy();
        } else if (shape instanceof Type.FixedArray array) {
            return holdsBuffers(array.element());
        } else if (shape instanceof Type.VariableArray array) {
            return holdsBuffers(array.element());
        } else if (shape instanceof Type.Optional optional) {
            return holdsBuffers(optional.of());
        } else if (shape instanceof Type.Named named) {
            Boolean known = holdsBuffers.get(named.name());
            if (known == null) {
                known = reachable(named.name()).stream().map(specification::definition).flatMap(each -> types(each).stream())
                        .anyMatch(each -> !(resolved(each) instanceof Type.Named) && holdsBuffersItself(each));
                holdsBuffers.put(named.name(), known);
            }
            return known;
        }
        return false;
    }

    private boolean holdsBuffersItself(Type type) {
        Type shape = resolved(type);
        if (shape instanceof Type.FixedArray array) {
            return holdsBuffersItself(array.element());
        } else if (shape instanceof Type.VariableArray array) {
            return holdsBuffersItself(array.element());
        } else if (shape instanceof Type.Optional optional) {
            return holdsBuffersItself(optional.of());
        }
        return shape instanceof Type.VariableOpaque opaque && opaque.zeroCopy();
    }

    /** Whether a value of it may be within another. */
    boolean isRecursive(Definition definition) {
        for (Type type : types(definition)) {
            String next = named(type);
            if (next != null && reachable(next).contains(definition.name())) {
                return true;
            }
        }
        return false;
    }

    /** A definition and all those within its values. */
    private Set<String> reachable(String name) {
        Set<String> found = new HashSet<>();
        List<String> toVisit = new ArrayList<>(List.of(name));
        while (!toVisit.isEmpty()) {
            String each = toVisit.remove(toVisit.size() - 1);
            if (found.add(each)) {
                for (Type type : types(specification.definition(each))) {
                    String next = named(type);
                    if (next != null) {
                        toVisit.add(next);
                    }
                }
            }
        }
        return found;
    }

    /** The types of all fields; the pointer of a list's element is none. */
    private List<Type> types(Definition definition) {
        if (definition instanceof StructDefinition struct) {
            return components(struct).stream().map(Field::type).toList();
        } else if (definition instanceof UnionDefinition union) {
            return arms(union).stream().flatMap(arm -> arm.value().stream()).map(Field::type).toList();
        }
        return List.of();
    }

    /** The struct, union or enum that a type is made of. */
    private String named(Type type) {
        Type shape = resolved(type);
        if (shape instanceof Type.FixedArray array) {
            return named(array.element());
        } else if (shape instanceof Type.VariableArray array) {
            return named(array.element());
        } else if (shape instanceof Type.Optional optional) {
            return named(optional.of());
        }
        return shape instanceof Type.Named found ? found.name() : null;
    }

    /** Paths of what may travel beside the message; a type within itself is followed once. */
    List<String> ddpPaths(List<Field> fields) {
        return ddpPaths(fields, new HashSet<>());
    }

    private List<String> ddpPaths(List<Field> fields, Set<String> within) {
        List<String> paths = new ArrayList<>();
        for (Field field : fields) {
            String name = JavaNames.field(field.name());
            ddpSuffixes(field.type(), within).forEach(suffix -> paths.add(name + suffix));
        }
        return paths;
    }

    private List<String> ddpSuffixes(Type type, Set<String> within) {
        Type shape = resolved(type);
        if (shape instanceof Type.VariableOpaque opaque) {
            return opaque.ddpEligible() ? List.of("") : List.of();
        } else if (shape instanceof Type.FixedArray array) {
            return ddpSuffixes(array.element(), within).stream().map(each -> "[]" + each).toList();
        } else if (shape instanceof Type.VariableArray array) {
            return ddpSuffixes(array.element(), within).stream().map(each -> "[]" + each).toList();
        } else if (shape instanceof Type.Optional optional) {
            return ddpSuffixes(optional.of(), within);
        } else if (shape instanceof Type.Named named && within.add(named.name())) {
            Definition definition = definition(named);
            List<Field> fields = definition instanceof StructDefinition struct ? components(struct)
                    : definition instanceof UnionDefinition union ? arms(union).stream().flatMap(arm -> arm.value().stream()).toList()
                    : List.of();
            List<String> paths = ddpPaths(fields, within).stream().map(each -> (isListNode(shape) ? "[]." : ".") + each).toList();
            within.remove(named.name());
            return paths;
        }
        return List.of();
    }
}
