package dev.whippletree.batch;

import dev.whippletree.model.Prompt;
import java.util.Objects;

/**
 * One prompt of a batch, for a completion or for the vectors of texts. Immutable. A prompt for vectors takes part in no
 * conversation.
 *
 * @param id tells it from every other item of the batch
 * @param prompt what is asked; asked with the priority of batches, whatever it says
 * @param endsSession whether no later item has its prompt's session. In a batch of conversations, a session's history
 *     is kept in memory until that item has ended
 * @param fingerprint of what the item was made from, for journals that notice a changed item; empty: none
 */
public record BatchItem(String id, Prompt prompt, boolean endsSession, String fingerprint) {

    /** Checks that there is an id. */
    public BatchItem {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(fingerprint, "fingerprint");
        if (id.isEmpty()) {
            throw new IllegalArgumentException("an item of a batch needs an id");
        }
    }

    /** Creates an item without a fingerprint, which doesn't say that it ends its session. */
    public BatchItem(String id, Prompt prompt) {
        this(id, prompt, false, "");
    }
}
