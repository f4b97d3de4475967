package dev.whippletree.cli.stress.processes;

import dev.whippletree.cli.base.Json;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.planner.interviews.InterviewResults;
import dev.whippletree.planner.interviews.Progress;
import java.util.Objects;
import java.util.Optional;

/**
 * The status report of one process. Immutable.
 *
 * @param progress how far its interviews are
 * @param status how its Whippletree stands
 * @param results what came of its interviews, once all have ended
 */
record PartReport(Progress progress, StatusSnapshot status, Optional<InterviewResults> results) {

    /** Checks that nothing is missing. */
    PartReport {
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(results, "results");
    }

    /** Returns the report that a line of output is; empty if it is a line of the log. */
    static Optional<PartReport> read(String line) {
        if (!line.startsWith("{")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.read(line, PartReport.class));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    String line() {
        return Json.line(this);
    }
}
