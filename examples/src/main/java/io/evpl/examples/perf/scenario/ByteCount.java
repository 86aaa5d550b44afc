package io.evpl.examples.perf.scenario;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Byte counts as people write them: {@code 64}, {@code 64k}, {@code 1m}; the suffixes are binary. */
public final class ByteCount {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([km]?)");
    private static final int KIB = 1024;
    private static final int MIB = 1024 * 1024;

    private ByteCount() { }

    /** @throws IllegalArgumentException if {@code text} is not a number with an optional k or m */
    public static long parse(String text) {
        Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a size; sizes look like 64, 64k or 1m");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "k" -> count * KIB;
            case "m" -> count * MIB;
            default -> count;
        };
    }

    public static String format(long bytes) {
        if (bytes >= MIB && bytes % MIB == 0) {
            return bytes / MIB + " MiB";
        }
        return bytes >= KIB && bytes % KIB == 0 ? bytes / KIB + " KiB" : bytes + " B";
    }
}
