package io.evpl.examples.doctor;

import java.util.List;

/**
 * All that the doctor found.
 * @param summary one line: which backend is used and why
 * @param usable  some backend works, so a server can run here
 */
record Report(String summary, boolean usable, List<Section> sections) {
    Report {
        sections = List.copyOf(sections);
    }

    long count(Mark mark) {
        return sections.stream().flatMap(section -> section.findings().stream())
                .filter(finding -> finding.mark() == mark).count();
    }
}
