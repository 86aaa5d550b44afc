package io.evpl.rpc2.check;

import io.evpl.rpc2.check.Finding.Verdict;

import java.util.List;

/** All findings, in the order of the groups. */
public record Report(Target target, List<Finding> findings) {
    public Report {
        findings = List.copyOf(findings);
    }

    public long count(Verdict verdict) {
        return findings.stream().filter(finding -> finding.verdict() == verdict).count();
    }

    /** Nothing failed, and something ran. */
    public boolean passed() {
        return count(Verdict.FAIL) == 0 && count(Verdict.PASS) > 0;
    }

    public List<Finding> of(Group group) {
        return findings.stream().filter(finding -> finding.group() == group).toList();
    }

    public List<Finding> failures() {
        return findings.stream().filter(finding -> finding.verdict() == Verdict.FAIL).toList();
    }
}
