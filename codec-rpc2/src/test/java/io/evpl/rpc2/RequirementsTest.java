package io.evpl.rpc2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each requirement of conformance/rpc.txt is named by a test, in its name or its display name. */
class RequirementsTest {
    private static final Path SOURCES = Path.of("src/test/java");
    private static final Pattern TITLE = Pattern.compile("@DisplayName\\(\"([^\"]*)\"\\)|void (\\w+)\\(");
    private static final Pattern ID = Pattern.compile("(?<![A-Z])R[SC]\\d{2}(?!\\d)");

    @Test
    void everyRequirementHasATest() throws IOException {
        List<String> required = Files.readAllLines(Path.of("src/test/resources/conformance/rpc.txt"));
        assertTrue(required.size() > 60, required::toString);
        Set<String> missing = new TreeSet<>(required);
        missing.removeAll(named());
        assertEquals(Set.of(), missing);
    }

    private static Set<String> named() throws IOException {
        Set<String> ids = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                TITLE.matcher(Files.readString(file)).results().map(match -> match.group())
                        .flatMap(title -> ID.matcher(title).results()).forEach(match -> ids.add(match.group()));
            }
        }
        return ids;
    }
}
