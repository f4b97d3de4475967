package dev.whippletree.batch;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Stores the results of a batch, so that an interrupted batch can continue: an item with a result isn't asked again.
 * Methods may block. {@link #has} and {@link #answer} may run at the same time as {@link #append}; no other calls
 * overlap.
 *
 * <p>What every journal has to do is in {@code JournalContract} of the testkit.
 */
public interface Journal extends AutoCloseable {

    /**
     * Returns whether there was a result of an item when the journal was opened, an answer or a failure.
     *
     * @throws IOException if the journal can't be read
     */
    boolean has(String id) throws IOException;

    /**
     * Returns the answer that an item had when the journal was opened, for the conversation that goes on after it.
     *
     * @return empty if there is no result, or it is a failure
     * @throws IOException if the journal can't be read
     */
    Optional<Completion> answer(String id) throws IOException;

    /**
     * Returns an answer to the same prompt, if this journal has one and finds it, also one that was appended since it
     * was opened. Doesn't run at the same time as {@link #append}.
     *
     * @param key as {@link #keyOf} says and {@link BatchResult.Answered#key} has it, not empty
     * @return empty if there is none, or if this journal doesn't look for it, as by default
     * @throws IOException if the journal can't be read
     */
    default Optional<Completion> answerTo(String key) throws IOException {
        return Optional.empty();
    }

    /**
     * Returns the key of a prompt: of two with the same key, one answer is enough.
     *
     * @return 32 hexadecimal digits; empty if the prompt wants an answer of its own, or can't be asked
     */
    static String keyOf(Prompt prompt, Whippletree whippletree) {
        return prompt.cache().read()
                ? whippletree
                        .key(prompt)
                        .map(key -> key.digest().substring(0, 32))
                        .orElse("")
                : "";
    }

    /**
     * Adds results. When it returns, they are as safe as this journal promises; when it throws, none, some or all of
     * them may be there once it is opened again, but each wholly or not at all.
     *
     * <p>An {@link IOException} says that they can't be written now, as when a disk is full: the batch keeps them,
     * starts no more prompts, and tries again with the same results, in the same order, and later ones behind them.
     * Each result must be there once then. Any other exception says that this journal can't be written any more, and
     * ends the run.
     *
     * @param results of items of which it has no result yet, one or more, each item once
     * @throws IOException if they can't be written now, saying what can't be written and why; those before are still
     *     there
     */
    void append(List<BatchResult> results) throws IOException;

    /**
     * Makes everything safe and frees what the journal holds.
     *
     * @throws IOException if something that was appended may not be safe
     */
    @Override
    void close() throws IOException;

    /** Returns a journal that keeps nothing. */
    static Journal none() {
        return NoJournal.INSTANCE;
    }
}
