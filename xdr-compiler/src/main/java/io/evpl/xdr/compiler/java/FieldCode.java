package io.evpl.xdr.compiler.java;

import io.evpl.xdr.compiler.model.Definition.Field;
import java.util.ArrayList;
import java.util.List;

/** The Java that writes and reads the fields of a struct: those of fixed size that follow each other in runs, with one check for all. */
final class FieldCode {
    private final JavaTypes types;
    private final JavaSource source;
    private final ValueCode values;
    private final String owner;

    /** @param owner the Java type that has the fields, for messages */
    FieldCode(JavaTypes types, JavaSource source, ValueCode values, String owner) {
        this.types = types;
        this.source = source;
        this.values = values;
        this.owner = owner;
    }

    /** Puts the fields of a struct that is flat itself. */
    void putAll(List<Field> fields) {
        int offset = 0;
        for (Field field : fields) {
            source.line(values.put(field.type(), plus(offset), accessor(field), what(field)));
            offset += types.flatBytes(field.type());
        }
    }

    /** Gets the fields of a struct that is flat itself, as the arguments of its constructor. */
    List<String> getAll(List<Field> fields) {
        List<String> arguments = new ArrayList<>();
        int offset = 0;
        for (Field field : fields) {
            arguments.add(values.get(field.type(), plus(offset), what(field)));
            offset += types.flatBytes(field.type());
        }
        return arguments;
    }

    void writeAll(List<Field> fields) {
        boolean first = true;
        for (List<Field> run : runs(fields)) {
            if (run.size() == 1) {
                Field field = run.get(0);
                source.line(values.write(field.type(), accessor(field), what(field), elementName(field)));
            } else {
                source.line((first ? "int at" : "at") + " = out.claim(" + bytes(run) + ");");
                first = false;
                putAll(run);
            }
        }
    }

    /** Reads the fields into variables of their names. */
    List<String> readAll(List<Field> fields) {
        boolean first = true;
        List<String> variables = new ArrayList<>();
        for (List<Field> run : runs(fields)) {
            List<String> expressions;
            if (run.size() == 1) {
                expressions = List.of(read(run.get(0)));
            } else {
                source.line((first ? "int at" : "at") + " = in.take(" + bytes(run) + ", " + what() + ");");
                first = false;
                expressions = getAll(run);
            }
            for (int i = 0; i < run.size(); i++) {
                String variable = JavaNames.local(JavaNames.field(run.get(i).name()));
                source.line(types.java(run.get(i).type(), source) + " " + variable + " = " + expressions.get(i) + ";");
                variables.add(variable);
            }
        }
        return variables;
    }

    String read(Field field) {
        return values.read(field.type(), what(field), elementName(field));
    }

    void releaseAll(List<Field> fields) {
        for (Field field : fields) {
            String release = values.release(field.type(), accessor(field), elementName(field));
            if (release != null) {
                source.line(release);
            }
        }
    }

    private List<List<Field>> runs(List<Field> fields) {
        List<List<Field>> runs = new ArrayList<>();
        List<Field> run = new ArrayList<>();
        int runBytes = 0;
        for (Field field : fields) {
            int bytes = types.flatBytes(field.type());
            if (!run.isEmpty() && (bytes < 0 || runBytes + bytes > JavaTypes.RUN_BYTES)) {
                runs.add(run);
                run = new ArrayList<>();
                runBytes = 0;
            }
            if (bytes < 0) {
                runs.add(List.of(field));
            } else {
                run.add(field);
                runBytes += bytes;
            }
        }
        if (!run.isEmpty()) {
            runs.add(run);
        }
        return runs;
    }

    private int bytes(List<Field> run) {
        return run.stream().mapToInt(field -> types.flatBytes(field.type())).sum();
    }

    private static String plus(int offset) {
        return offset == 0 ? "at" : "at + " + offset;
    }

    private static String accessor(Field field) {
        return "value." + JavaNames.field(field.name()) + "()";
    }

    private String what() {
        return "\"" + owner + "\"";
    }

    private String what(Field field) {
        return "\"" + owner + "." + field.name() + "\"";
    }

    private static String elementName(Field field) {
        return JavaNames.upperSnake(field.name());
    }
}
