package io.evpl.rpc2.check;

import io.evpl.rpc2.check.Finding.Verdict;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A report as tests: one for each row, in a container for each requirement. */
public final class Rows {
    private Rows() {
    }

    /** @return tests that fail if a row has not passed, for a reason or for want of something */
    public static Stream<DynamicContainer> of(Report report) {
        Map<String, List<Finding>> requirements = report.findings().stream()
                .collect(Collectors.groupingBy(Finding::id, LinkedHashMap::new, Collectors.toList()));
        return requirements.entrySet().stream().map(requirement -> DynamicContainer.dynamicContainer(requirement.getKey(),
                requirement.getValue().stream().map(Rows::test)));
    }

    private static DynamicTest test(Finding row) {
        return DynamicTest.dynamicTest(row.id() + " " + row.name(), () -> assertEquals(Verdict.PASS, row.verdict(), row::toString));
    }
}
