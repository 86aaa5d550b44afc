package io.evpl.xdr.compiler.syntax;

import java.math.BigInteger;
import java.util.regex.Pattern;

/** How a number is written, and the ranges that one may have to be in. */
final class Numbers {
    static final BigInteger MIN_INT = BigInteger.valueOf(Integer.MIN_VALUE);
    static final BigInteger MAX_INT = BigInteger.valueOf(Integer.MAX_VALUE);
    static final BigInteger MAX_UNSIGNED_INT = BigInteger.ONE.shiftLeft(32).subtract(BigInteger.ONE);
    static final BigInteger MIN_HYPER = BigInteger.valueOf(Long.MIN_VALUE);
    static final BigInteger MAX_UNSIGNED_HYPER = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    /** More digits than the largest number has in octal, with some zeros before it. */
    private static final int DIGITS = 64;

    private static final Pattern NUMBER = Pattern.compile("-?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)");

    private Numbers() {
    }

    static boolean isNumber(String text) {
        return NUMBER.matcher(text).matches();
    }

    /** What {@code isNumber} has accepted: 0x and 0 before the digits are hexadecimal and octal, as in C. */
    static BigInteger of(String text) {
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        int radix = 10;
        if (digits.startsWith("0x") || digits.startsWith("0X")) {
            radix = 16;
            digits = digits.substring(2);
        } else if (digits.length() > 1 && digits.startsWith("0")) {
            radix = 8;
        }
        // Out of every range, whatever it is exactly: a megabyte of digits is not worth converting.
        BigInteger value = digits.length() > DIGITS ? BigInteger.ONE.shiftLeft(4 * DIGITS) : new BigInteger(digits, radix);
        return negative ? value.negate() : value;
    }

    static boolean isWithin(BigInteger value, BigInteger from, BigInteger to) {
        return value.compareTo(from) >= 0 && value.compareTo(to) <= 0;
    }

    /** Why a word that begins like a number is none; to follow the word in a message. */
    static String fault(String text) {
        String digits = text.startsWith("-") ? text.substring(1) : text;
        if (digits.matches("0[xX].*")) {
            return "expected a number: hexadecimal digits after 0x";
        }
        if (digits.matches("0[0-9]+")) {
            return "expected a number: a 0 before it makes it octal, which has no 8 and 9";
        }
        if (digits.matches("[0-9]+[uUlL]+")) {
            return "expected a number: XDR has none with a suffix";
        }
        return "expected a number";
    }
}
