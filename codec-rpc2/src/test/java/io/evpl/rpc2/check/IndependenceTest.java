package io.evpl.rpc2.check;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The kit shares nothing with what it judges: what both got wrong in the same way would look right. */
class IndependenceTest {
    private static final Pattern FOREIGN = Pattern.compile("\\b(?!io\\.evpl\\.rpc2\\.check\\b)(io\\.evpl|io\\.netty)\\.[\\w.]+");

    @Test
    void kitKnowsTheJdkOnly() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/java/io/evpl/rpc2/check"))) {
            List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();
            assertEquals(List.of(), sources.stream().flatMap(IndependenceTest::foreign).toList());
        }
    }

    private static Stream<String> foreign(Path file) {
        try {
            return FOREIGN.matcher(Files.readString(file)).results().map(match -> file + ": " + match.group());
        } catch (IOException e) {
            throw new AssertionError(file.toString(), e);
        }
    }
}
