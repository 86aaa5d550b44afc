package io.evpl.xdr.compiler.syntax;

import io.evpl.xdr.compiler.model.SourcePosition;
import io.evpl.xdr.compiler.syntax.Scope.ConstantNode;
import io.evpl.xdr.compiler.syntax.Scope.Symbol;
import io.evpl.xdr.compiler.syntax.Syntax.Literal;
import io.evpl.xdr.compiler.syntax.Syntax.Value;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** What constants, enumerators and the names where numbers may stand are worth. */
final class Constants {
    /** Empty where something was wrong, which has been said. */
    record Result(Optional<BigInteger> value) {
        static final Result UNKNOWN = new Result(Optional.empty());

        static Result of(BigInteger value) {
            return new Result(Optional.of(value));
        }
    }

    /** Macros that are made of macros; a chain that is longer has no end. */
    private static final int MACRO_DEPTH = 20;

    private final Scope scope;
    private final Faults faults;

    Constants(Scope scope, Faults faults) {
        this.scope = scope;
        this.faults = faults;
    }

    Optional<BigInteger> value(Value value) {
        if (value instanceof Literal literal) {
            return Optional.of(literal.value());
        }
        Symbol symbol = scope.find(value.text());
        if (symbol != null && symbol.constant() != null) {
            return value(symbol.constant());
        }
        if (symbol != null) {
            faults.add(value.position(), "found the " + symbol.kind() + " " + value.text() + ", expected a constant");
            return Optional.empty();
        }
        return named(value);
    }

    /** The value, if it is within the range. */
    Optional<BigInteger> value(Value value, String what, BigInteger from, BigInteger to) {
        Optional<BigInteger> number = value(value);
        if (number.isPresent() && !Numbers.isWithin(number.get(), from, to)) {
            outOfRange(value.position(), value.text(), number.get(), what, from, to);
            return Optional.empty();
        }
        return number;
    }

    private void outOfRange(SourcePosition position, String text, BigInteger number, String what, BigInteger from, BigInteger to) {
        String digits = Lexer.shortened(number.toString());
        String found = text.equals(digits) || digits.length() > 40 ? Lexer.shortened(text) : Lexer.shortened(text) + " = " + digits;
        faults.add(position, "found " + found + " as " + what + ", expected a number from " + from + " to " + to);
    }

    /** What is neither in the file nor in one that it includes. */
    private Optional<BigInteger> named(Value value) {
        String name = value.text();
        Optional<BigInteger> number = Words.lentConstant(name);
        if (number.isEmpty() && scope.macro(name) != null) {
            number = macro(name, 0);
            if (number.isEmpty()) {
                faults.add(value.position(), "found " + name + ", expected a number: the macro at " + scope.macro(name).position()
                        + " is not a sum of numbers");
            }
        } else if (number.isEmpty() && faults.isNewUnknown(name)) {
            faults.add(value.position(), "found the unknown constant " + Lexer.shortened(name) + ", expected one that is defined"
                    + Words.hint(name, scope.names(false)));
        }
        return number;
    }

    /** {@code LM_MAXSTRLEN+1}: names and numbers, with + and - between them, perhaps all in parentheses. */
    private Optional<BigInteger> macro(String name, int depth) {
        if (depth > MACRO_DEPTH) {
            return Optional.empty();
        }
        String text = scope.macro(name).text();
        if (text.startsWith("(") && text.endsWith(")")) {
            text = text.substring(1, text.length() - 1);
        }
        BigInteger sum = BigInteger.ZERO;
        int sign = 1;
        boolean operandNext = true;
        for (String word : text.split("(?<=[+-])|(?=[+-])|\\s+")) {
            String operand = word.strip();
            if (operand.isEmpty()) {
                continue;
            }
            boolean isSign = operand.equals("+") || operand.equals("-");
            Optional<BigInteger> value = isSign ? Optional.of(BigInteger.ZERO) : operandNext ? operand(operand, depth) : Optional.empty();
            if (value.isEmpty()) {
                return value;
            }
            sum = sign < 0 ? sum.subtract(value.get()) : sum.add(value.get());
            sign = operand.equals("-") ? -1 : 1;
            operandNext = isSign;
        }
        return operandNext ? Optional.empty() : Optional.of(sum);
    }

    private Optional<BigInteger> operand(String operand, int depth) {
        if (Numbers.isNumber(operand)) {
            return Optional.of(Numbers.of(operand));
        }
        Symbol symbol = scope.find(operand);
        if (symbol != null && symbol.constant() != null && symbol.constant().value instanceof Literal literal) {
            return Optional.of(literal.value());
        }
        return scope.macro(operand) != null ? macro(operand, depth + 1) : Optional.empty();
    }

    /** Follows the chain of constants that are defined by others to its end, however long it is, and goes back along it. */
    Optional<BigInteger> value(ConstantNode node) {
        Deque<ConstantNode> chain = new ArrayDeque<>();
        ConstantNode each = node;
        while (each != null && each.result == null && !each.isBeingEvaluated) {
            each.isBeingEvaluated = true;
            chain.push(each);
            each = next(each);
        }
        if (each != null && each.isBeingEvaluated && each.result == null) {
            faults.add(each.position, "found " + each.name + " in its own definition, expected a number");
            chain.forEach(member -> member.result = Result.UNKNOWN);
        }
        while (!chain.isEmpty()) {
            ConstantNode last = chain.pop();
            last.isBeingEvaluated = false;
            if (last.result == null) {
                last.result = evaluate(last);
            }
        }
        return node.result.value();
    }

    /** The constant that this one is defined by; null if it is a number. */
    private ConstantNode next(ConstantNode node) {
        if (node.value == null) {
            return node.previous;
        }
        Symbol symbol = node.value instanceof Literal ? null : scope.find(node.value.text());
        return symbol == null ? null : symbol.constant();
    }

    /** Its {@link #next} has its result already. */
    private Result evaluate(ConstantNode node) {
        BigInteger from = node.isEnumerator ? Numbers.MIN_INT : Numbers.MIN_HYPER;
        BigInteger to = node.isEnumerator ? Numbers.MAX_INT : Numbers.MAX_UNSIGNED_HYPER;
        ConstantNode next = next(node);
        Optional<BigInteger> value;
        if (node.value != null) {
            value = next == null ? value(node.value) : next.result.value();
        } else {
            value = node.previous == null ? Optional.of(BigInteger.ZERO) : next.result.value().map(number -> number.add(BigInteger.ONE));
        }
        if (value.isPresent() && !Numbers.isWithin(value.get(), from, to)) {
            SourcePosition position = node.value == null ? node.position : node.value.position();
            outOfRange(position, node.value == null ? node.name : node.value.text(), value.get(),
                    node.isEnumerator ? "the value of an enumerator" : "the value of a constant", from, to);
            value = Optional.empty();
        }
        return new Result(value);
    }
}
