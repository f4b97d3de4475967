package dev.whippletree.gateway;

import dev.whippletree.model.Prompt;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The latest answers to declared questions, of which their clients may yet say whether they were right. Thread-safe. */
final class LatestAnswers {

    /** How many there are at most; fewer if their requests were large. */
    static final int MOST = 10_000;

    private static final long MOST_BYTES = 64L << 20;

    private final Map<Place, Answer> answers = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** Whose answer, and which. */
    private record Place(String tenant, String id) {}

    /**
     * One of them. Immutable.
     *
     * @param prompt what was answered
     * @param size of the request, in bytes
     * @param wanted whether a cache learns something from its confirmation
     */
    record Answer(Prompt prompt, int size, boolean wanted) {}

    /** Adds one; those used least recently make room for it. */
    synchronized void add(String id, Answer answer) {
        answers.put(new Place(answer.prompt().tenant(), id), answer);
        bytes += answer.size();
        Iterator<Answer> eldest = answers.values().iterator();
        while (answers.size() > MOST || bytes > MOST_BYTES) {
            bytes -= eldest.next().size();
            eldest.remove();
        }
    }

    /** Returns a tenant's answer by its id; empty if there is none, or not any more. */
    synchronized Optional<Answer> find(String tenant, String id) {
        return Optional.ofNullable(answers.get(new Place(tenant, id)));
    }
}
