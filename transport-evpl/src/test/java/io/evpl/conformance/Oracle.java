package io.evpl.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares what came with what was owed: O1, all that was owed came; O2, nothing else did; O3, what has an order came in it,
 * and what has a time came at it.
 */
final class Oracle {
    private Oracle() {
    }

    static boolean isDischarged(Obligations obligations, EventLog log) {
        return obligations.all().entrySet().stream().allMatch(entry -> log.sum(entry.getKey()) >= entry.getValue().least);
    }

    /** @return what is wrong, a line each */
    static List<String> judge(Obligations obligations, EventLog log) {
        List<String> findings = new ArrayList<>();
        Map<Key, Long> sums = log.sums();
        obligations.all().forEach((key, owed) -> {
            if (sums.getOrDefault(key, 0L) < owed.least) {
                findings.add("O1 missing: " + key + ": " + sums.getOrDefault(key, 0L) + " of " + owed);
            }
        });
        sums.forEach((key, sum) -> {
            Obligations.Owed owed = obligations.all().get(key);
            if (owed == null || sum > owed.most) {
                findings.add("O2 not owed: " + key + ": " + sum + ", owed " + (owed == null ? "none" : owed));
            }
        });
        findings.addAll(outOfOrder(obligations, log.events()));
        return findings;
    }

    private static List<String> outOfOrder(Obligations obligations, List<EventLog.Event> events) {
        List<String> findings = new ArrayList<>();
        Map<String, EventLog.Event> latest = new HashMap<>();
        for (EventLog.Event event : events) {
            Obligations.Owed owed = obligations.all().get(event.key());
            if (owed != null && (event.atMs() < owed.fromMs || event.atMs() > owed.toMs)) {
                findings.add("O3 at the wrong time: " + event + ", owed from " + owed.fromMs + " to " + owed.toMs);
            }
            Obligations.Rank rank = obligations.ranks().get(event.key());
            if (rank == null) {
                continue;
            }
            EventLog.Event before = latest.put(rank.line(), event);
            if (before != null && obligations.ranks().get(before.key()).rank() > rank.rank()) {
                findings.add("O3 out of order: " + event.key() + " after " + before.key());
            }
        }
        return findings;
    }
}
