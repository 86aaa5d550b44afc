package io.evpl.conformance;

import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.platform.commons.support.AnnotationSupport;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every requirement and every fault of the list has a test that is there and runs, or a reason. */
class RequirementsTest {
    private static final String TABLE = "/conformance/requirements.txt";
    private static final String PACKAGE = "io.evpl.";

    /** A line of the table. {@code reason} is empty if there are tests. */
    private record Requirement(String id, String what, List<String> tests, String reason) {
        static Requirement parse(String line) {
            String[] columns = line.split("\\|", 3);
            String last = columns[2].strip();
            boolean absent = last.startsWith("-");
            return new Requirement(columns[0].strip(), columns[1].strip(),
                    absent ? List.of() : List.of(last.split(",\\s*")), absent ? last.substring(1).strip() : "");
        }
    }

    /** A group of ids: {@code T} with 8 is T1 to T8. */
    private record Group(String letter, int count) {
        Stream<String> ids() {
            return IntStream.rangeClosed(1, count).mapToObj(number -> letter + number);
        }
    }

    private static final List<Group> GROUPS = List.of(new Group("T", 8), new Group("D", 6), new Group("B", 5),
            new Group("P", 8), new Group("H", 2), new Group("C", 7), new Group("S", 8), new Group("U", 2), new Group("F", 6),
            new Group("M", 7), new Group("L", 27), new Group("A", 27));

    private static List<Requirement> table() throws IOException {
        try (InputStream in = RequirementsTest.class.getResourceAsStream(TABLE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#")).map(Requirement::parse).toList();
        }
    }

    @Test
    void everyIdIsThereOnceAndHasATestOrAReason() throws IOException {
        List<String> ids = table().stream().map(Requirement::id).toList();
        assertEquals(GROUPS.stream().flatMap(Group::ids).toList(), ids);
        for (Requirement one : table()) {
            assertTrue(!one.what().isEmpty() && one.tests().isEmpty() != one.reason().isEmpty(), one::toString);
        }
    }

    @Test
    void everyTestThatIsNamedIsThereAndRuns() throws IOException {
        Set<String> missing = new LinkedHashSet<>();
        for (Requirement one : table()) {
            for (String test : one.tests()) {
                if (!runs(test)) {
                    missing.add(one.id() + ": " + test);
                }
            }
        }
        assertEquals(Set.of(), missing);
    }

    private static boolean runs(String test) {
        String[] parts = test.split("#");
        try {
            Class<?> type = Class.forName(PACKAGE + parts[0]);
            return !AnnotationSupport.isAnnotated(type, Disabled.class)
                    && methods(type).stream().anyMatch(method -> method.getName().equals(parts[1]) && isTest(method));
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static List<Method> methods(Class<?> type) {
        List<Method> methods = new ArrayList<>();
        for (Class<?> one = type; one != null; one = one.getSuperclass()) {
            methods.addAll(Arrays.asList(one.getDeclaredMethods()));
        }
        return methods;
    }

    private static boolean isTest(Method method) {
        return !AnnotationSupport.isAnnotated(method, Disabled.class)
                && (AnnotationSupport.isAnnotated(method, Test.class)
                || AnnotationSupport.isAnnotated(method, ParameterizedTest.class));
    }

    @Test
    void aTestThatIsNotThereIsNoticed() {
        assertTrue(runs("conformance.RequirementsTest#aTestThatIsNotThereIsNoticed"));
        for (String absent : List.of("conformance.RequirementsTest#runs", "conformance.RequirementsTest#no", "NoTest#no")) {
            assertTrue(!runs(absent), absent);
        }
    }
}
