package dev.whippletree.testkit.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.batch.BatchItem;
import dev.whippletree.batch.BatchResult;
import dev.whippletree.batch.Journal;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.testkit.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What every {@link Journal} has to do. Extend it, and run it as any test class of JUnit. */
public abstract class JournalContract {

    /** Creates the contract's tests. */
    protected JournalContract() {}

    /**
     * Opens the journal of this test: empty the first time, later with what was appended before. The contract closes
     * it before it opens it again.
     *
     * @throws IOException if it can't be opened
     */
    protected abstract Journal open() throws IOException;

    private static BatchItem item(String id) {
        return new BatchItem(id, Prompt.of("Question of " + id));
    }

    private static BatchResult answered(String id, String text) {
        return new BatchResult.Answered(item(id), Samples.completion(text));
    }

    private static BatchResult failed(String id) {
        return new BatchResult.Failed(item(id), "rejected", "refused", OptionalInt.of(400));
    }

    private void append(BatchResult... results) throws IOException {
        try (Journal journal = open()) {
            journal.append(List.of(results));
        }
    }

    /** A journal that is new has nothing. */
    @Test
    protected void newJournal_hasNothing() throws IOException {
        try (Journal journal = open()) {
            assertThat(journal.has("a")).isFalse();
            assertThat(journal.answer("a")).isEmpty();
        }
    }

    /** What was appended is there once the journal is opened again. */
    @Test
    protected void appendedResults_areThereWhenItIsOpenedAgain() throws IOException {
        append(answered("a", "Yes"), failed("b"));
        append(answered("c", "No"));

        try (Journal journal = open()) {
            assertThat(journal.has("a")).isTrue();
            assertThat(journal.has("b")).isTrue();
            assertThat(journal.has("c")).isTrue();
            assertThat(journal.has("d")).isFalse();
        }
    }

    /** An answer is returned word for word; a failure is no answer. */
    @Test
    protected void answers_areReturnedWordForWord() throws IOException {
        String text = "Two\nlines, \"quoted\", a tab\t, an ümlaut and \uD83D\uDE00";
        append(answered("a", text), failed("b"), answered("c", ""));

        try (Journal journal = open()) {
            assertThat(journal.answer("a").map(Completion::text)).hasValue(text);
            assertThat(journal.answer("b")).isEmpty();
            assertThat(journal.answer("c").map(Completion::text)).hasValue("");
        }
    }

    /** Ids are told apart, however alike they are. */
    @Test
    protected void ids_areToldApart() throws IOException {
        append(answered("a", "1"), answered("A", "2"), answered("a ", "3"), answered("ä/\\\"\n", "4"));

        try (Journal journal = open()) {
            assertThat(journal.answer("a").map(Completion::text)).hasValue("1");
            assertThat(journal.answer("A").map(Completion::text)).hasValue("2");
            assertThat(journal.answer("a ").map(Completion::text)).hasValue("3");
            assertThat(journal.answer("ä/\\\"\n").map(Completion::text)).hasValue("4");
            assertThat(journal.has(" a")).isFalse();
        }
    }

    /** Many results, in pieces of several sizes, are all there. */
    @Test
    protected void manyResults_areAllThere() throws IOException {
        try (Journal journal = open()) {
            for (int from = 0, size = 1; from < 1_000; from += size, size = size % 37 + 1) {
                List<BatchResult> some = new ArrayList<>();
                for (int i = from; i < from + size; i++) {
                    some.add(i % 9 == 0 ? failed("i" + i) : answered("i" + i, "Answer " + i));
                }
                journal.append(some);
            }
        }

        try (Journal journal = open()) {
            for (int i = 0; i < 1_000; i++) {
                assertThat(journal.has("i" + i)).as("i%d", i).isTrue();
                assertThat(journal.answer("i" + i).map(Completion::text))
                        .isEqualTo(i % 9 == 0 ? Optional.empty() : Optional.of("Answer " + i));
            }
        }
    }
}
