package io.evpl.xdr.compiler;

import java.util.Map;

/**
 * What can be chosen.
 *
 * @param packageName the Java package; may be empty
 * @param packages other packages for single files, by the file's name
 * @param lenientEnums whether enums that are neither {@code @lenient} nor {@code @strict} keep values that are not declared
 * @param stringsAsBytes whether every string is kept as bytes, as if it were {@code @bytes}
 */
public record CompilerOptions(String packageName, Map<String, String> packages, boolean lenientEnums, boolean stringsAsBytes) {
    public CompilerOptions {
        packages = Map.copyOf(packages);
    }

    /** Strict enums and strings of characters. */
    public static CompilerOptions of(String packageName) {
        return new CompilerOptions(packageName, Map.of(), false, false);
    }

    String packageOf(String fileName) {
        return packages.getOrDefault(fileName, packageName);
    }
}
