package io.evpl.examples.doctor;

import java.util.List;

/** Findings under one heading. */
record Section(String title, List<Finding> findings) {
    Section {
        findings = List.copyOf(findings);
    }
}
