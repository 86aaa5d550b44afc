package io.evpl.xdr.compiler;

import io.evpl.xdr.compiler.java.JavaGenerator;
import io.evpl.xdr.compiler.java.UnsupportedShapeException;
import io.evpl.xdr.compiler.model.Specification;
import io.evpl.xdr.compiler.model.SourcePosition;
import io.evpl.xdr.compiler.syntax.SourceFiles;
import io.evpl.xdr.compiler.syntax.SpecificationReader;
import io.evpl.xdr.compiler.syntax.XdrSyntaxException;
import io.evpl.xdr.compiler.syntax.XdrSyntaxException.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From .x files to Java files. Has no state; threads may share it. */
public final class XdrCompiler {
    private XdrCompiler() {
    }

    /**
     * Makes Java of one text.
     *
     * @param fileName for messages, and for the name of the constants' class
     * @return text by path, with {@code /} between folders, package included
     * @throws XdrSyntaxException naming every fault with its place
     */
    public static Map<String, String> compile(String fileName, String text, CompilerOptions options) {
        try {
            Specification specification = SpecificationReader.read(fileName, text, options.lenientEnums(), SourceFiles.onDisk());
            String simpleName = fileName.substring(fileName.lastIndexOf('/') + 1);
            return JavaGenerator.generate(options.stringsAsBytes() ? StringsAsBytes.in(specification) : specification, options.packageOf(simpleName));
        } catch (UnsupportedShapeException e) {
            throw new XdrSyntaxException(e.position(), e.getMessage());
        }
    }

    /**
     * Makes Java of files. Nothing is written.
     *
     * @return text by path, as {@link #compile(String, String, CompilerOptions)}
     * @throws XdrSyntaxException naming every fault of every file
     * @throws IOException a file cannot be read
     */
    public static Map<String, String> compile(List<Path> files, CompilerOptions options) throws IOException {
        Map<String, String> outputs = new LinkedHashMap<>();
        Map<String, Path> origins = new LinkedHashMap<>();
        List<Fault> faults = new ArrayList<>();
        for (Path file : files) {
            try {
                for (Map.Entry<String, String> output : compile(file.toString(), text(file), options).entrySet()) {
                    Path other = origins.putIfAbsent(output.getKey(), file);
                    if (other != null && !sameCode(outputs.get(output.getKey()), output.getValue())) {
                        faults.add(new Fault(new SourcePosition(file.toString(), 1, 1), output.getKey() + " is made of " + other
                                + " too, and differs: give one of them another package"));
                    }
                    outputs.putIfAbsent(output.getKey(), output.getValue());
                }
            } catch (XdrSyntaxException e) {
                faults.addAll(e.faults());
            }
        }
        if (!faults.isEmpty()) {
            throw new XdrSyntaxException(faults);
        }
        return outputs;
    }

    /** What is not UTF-8 can only be within a comment, and is replaced there. */
    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** Whether they are the same but for the first line, which names the .x file. */
    private static boolean sameCode(String one, String other) {
        return one.substring(one.indexOf('\n')).equals(other.substring(other.indexOf('\n')));
    }
}
