package dev.whippletree.spi;

import dev.whippletree.model.ShownText;
import java.util.List;
import java.util.Optional;

/**
 * The status of a coordination. Immutable.
 *
 * @param connected whether all limits are shared with the other processes
 * @param processes the number of processes at the last contact, this one included; 0 if unknown
 * @param alone reservations granted since the start without asking the other processes
 * @param problem what is wrong and what to do, a sentence without secrets; absent: nothing
 * @param remarks what else a user may want to know, a sentence each, without secrets: where the processes meet, what
 *     this one holds
 */
public record CoordinationStatus(
        boolean connected, int processes, long alone, Optional<String> problem, List<String> remarks) {

    /** Checks the ranges, and makes the sentences safe to show. */
    public CoordinationStatus {
        problem = problem.map(ShownText::line);
        remarks = remarks.stream().map(ShownText::line).toList();
        if (processes < 0 || alone < 0) {
            throw new IllegalArgumentException("counts are 0 or more: " + processes + ", " + alone);
        }
    }

    /** Creates one without remarks. */
    public CoordinationStatus(boolean connected, int processes, long alone, Optional<String> problem) {
        this(connected, processes, alone, problem, List.of());
    }
}
