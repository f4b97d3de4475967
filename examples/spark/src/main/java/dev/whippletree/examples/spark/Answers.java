package dev.whippletree.examples.spark;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * The answers to a partition's prompts, in order of completion: a row for each row. Many prompts are in flight at a
 * time, and no other row is in memory. Confined to its task's thread, except for {@link #withdraw}.
 */
final class Answers implements Iterator<Row> {

    /** A route's deadline is for people who wait. */
    private static final Duration NO_HURRY = Duration.ofDays(365);

    private final Whippletree whippletree;
    private final Iterator<Row> rows;
    private final int mostInFlight;
    private final Set<CompletableFuture<Completion>> asked = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
    private int inFlight;

    /** A prompt that has got an answer, or a failure. */
    private record Ended(String id, Completion answer, Throwable failure) {}

    /**
     * Prepares to ask.
     *
     * @param rows an id and a prompt each; either may be null
     * @param mostInFlight how many prompts are asked at a time
     */
    Answers(Whippletree whippletree, Iterator<Row> rows, int mostInFlight) {
        this.whippletree = whippletree;
        this.rows = rows;
        this.mostInFlight = mostInFlight;
    }

    @Override
    public boolean hasNext() {
        return inFlight > 0 || rows.hasNext();
    }

    /** Blocks until the next prompt has its answer. */
    @Override
    public Row next() {
        while (inFlight < mostInFlight && rows.hasNext()) {
            ask(rows.next());
            inFlight++;
        }
        if (inFlight == 0) {
            throw new NoSuchElementException();
        }
        try {
            Ended next = ended.take();
            inFlight--;
            return row(next);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("Spark has ended this task");
        }
    }

    /** Gives up what waits, if the task ends early. Calls under way go on: their answers are for the next attempt. */
    void withdraw() {
        asked.forEach(whippletree::withdraw);
    }

    private void ask(Row row) {
        String id = row.getString(0);
        if (row.isNullAt(1)) {
            ended.add(new Ended(id, null, new IllegalArgumentException("this row has no prompt")));
            return;
        }
        Prompt prompt = Prompt.builder()
                .user(row.getString(1))
                .priority(Priority.BATCH)
                .deadline(NO_HURRY)
                .build();
        CompletableFuture<Completion> answer = whippletree.complete(prompt);
        asked.add(answer);
        answer.whenComplete((completion, failure) -> {
            asked.remove(answer);
            ended.add(new Ended(id, completion, failure));
        });
    }

    private static Row row(Ended ended) {
        Completion answer = ended.answer();
        if (answer == null) {
            return RowFactory.create(
                    ended.id(),
                    null,
                    null,
                    null,
                    null,
                    code(ended.failure()),
                    ended.failure().getMessage());
        }
        return RowFactory.create(
                ended.id(),
                answer.text(),
                answer.finishReason().name().toLowerCase(Locale.ROOT),
                answer.origin().model(),
                answer.origin().source().name().toLowerCase(Locale.ROOT),
                null,
                null);
    }

    /** Returns the code of docs/reference/errors.md. */
    private static String code(Throwable failure) {
        if (!(failure instanceof PromptException exception)) {
            return "not_asked";
        }
        if (exception.reason() == PromptException.Reason.CLOSED) {
            // No result: Spark runs the partition again on an executor that doesn't end.
            throw new IllegalStateException("this executor ends", failure);
        }
        return exception.reason().name().toLowerCase(Locale.ROOT);
    }
}
