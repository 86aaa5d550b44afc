package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.Type;
import java.math.BigInteger;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Words that mean something without being defined, and the search for the one that was meant. */
final class Words {
    /** RFC 4506 section 6.2, RFC 5531 section 12.3, and libevpl's zero-copy opaque. */
    static final Set<String> KEYWORDS = Set.of("bool", "case", "const", "default", "double", "quadruple", "enum", "float", "hyper",
            "int", "opaque", "string", "struct", "switch", "typedef", "union", "unsigned", "void", "program", "version", "zcopaque");

    static final List<String> DEFINITIONS = List.of("const", "enum", "program", "struct", "typedef", "union");

    static final Set<String> ANNOTATIONS = Set.of("zerocopy", "ddp", "bytes", "lenient", "strict");

    /** The words that begin a type. */
    static final List<String> TYPES = List.of("bool", "double", "enum", "float", "hyper", "int", "opaque", "quadruple", "string",
            "struct", "union", "unsigned", "void", "zcopaque");

    /** What rpcgen's input finds in C's headers; a file may define each of them itself. */
    static final Map<String, Type> LENT_TYPES = lentTypes();

    /** {@code <rpc/auth.h>}, {@code <rpc/types.h>} and the two values of bool. */
    static final Map<String, Integer> LENT_CONSTANTS = Map.of("FALSE", 0, "TRUE", 1, "MAXNETNAMELEN", 255, "MAX_NETOBJ_SZ", 1024);

    /** Longer names are not compared: nobody misspells them, and the comparison takes the product of both lengths. */
    private static final int COMPARED_CHARS = 64;

    /** Of more candidates only the first are compared, so that a hundred faults in a large file do not take minutes. */
    private static final int COMPARED_NAMES = 5_000;

    private Words() {
    }

    private static Map<String, Type> lentTypes() {
        Map<String, Type> types = new LinkedHashMap<>();
        // XDR has nothing smaller than 4 bytes: rpcgen's char and short take an int on the wire; its long too, from the 1980s.
        List.of("char", "short", "long", "int8_t", "int16_t", "int32_t").forEach(name -> types.put(name, Type.Scalar.INT));
        List.of("u_char", "u_short", "u_int", "u_long", "uint8_t", "uint16_t", "uint32_t", "u_int8_t", "u_int16_t", "u_int32_t")
                .forEach(name -> types.put(name, Type.Scalar.UNSIGNED_INT));
        List.of("int64_t", "quad_t", "longlong_t").forEach(name -> types.put(name, Type.Scalar.HYPER));
        List.of("uint64_t", "u_int64_t", "u_quad_t", "u_longlong_t").forEach(name -> types.put(name, Type.Scalar.UNSIGNED_HYPER));
        types.put("bool_t", Type.Scalar.BOOL);
        types.put("netobj", new Type.VariableOpaque(1024, false, false));
        types.put("des_block", new Type.FixedOpaque(8));
        return types;
    }

    static Optional<BigInteger> lentConstant(String name) {
        return Optional.ofNullable(LENT_CONSTANTS.get(name)).map(BigInteger::valueOf);
    }

    /** {@code "; did you mean x?"} with the candidate that is nearest to the word, or nothing if none is near. */
    static String hint(String word, Collection<String> candidates) {
        return hint(word, candidates, "");
    }

    /** @param mark that is written before such a word */
    static String hint(String word, Collection<String> candidates, String mark) {
        return nearest(word, candidates).map(name -> "; did you mean " + mark + name + "?").orElse("");
    }

    static Optional<String> nearest(String word, Collection<String> candidates) {
        if (word.length() > COMPARED_CHARS) {
            return Optional.empty();
        }
        int allowed = Math.max(1, word.length() / 3);
        String best = null;
        int bestDistance = allowed + 1;
        int left = COMPARED_NAMES;
        for (String candidate : candidates) {
            if (left-- == 0) {
                break;
            }
            if (Math.abs(candidate.length() - word.length()) > allowed || candidate.equals(word)) {
                continue;
            }
            int distance = distance(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < bestDistance || distance == bestDistance && best != null && isBetter(candidate, best)) {
                best = candidate;
                bestDistance = distance;
            }
        }
        // One letter in a word of two, or all of a short word, is no likeness.
        return bestDistance < word.length() - 1 || bestDistance == 0 ? Optional.ofNullable(best) : Optional.empty();
    }

    /** Of equally near ones the one that says more, such as u_int and not int for uint, or else the first in the alphabet. */
    private static boolean isBetter(String candidate, String best) {
        int longer = candidate.length() - best.length();
        return longer > 0 || longer == 0 && candidate.compareTo(best) < 0;
    }

    /** Letters put in, left out, replaced, or exchanged with their neighbour. */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(cost[i - 1][j - 1] + same, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
