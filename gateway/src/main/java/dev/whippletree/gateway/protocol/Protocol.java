package dev.whippletree.gateway.protocol;

import dev.whippletree.chat.Fields;

/**
 * A protocol in which clients ask prompts. Translates and decides nothing. Stateless; thread-safe; never blocks.
 */
public interface Protocol {

    /** How many tools a request may offer: far more than services take, and than clients have. */
    int MOST_TOOLS = 1_000;

    /**
     * Reads a request.
     *
     * @param fields the body's, none taken yet
     * @throws IllegalArgumentException if it isn't one, saying where and why; a
     *     {@link dev.whippletree.chat.WrongFieldException} names the field
     * @throws dev.whippletree.gateway.http.RequestException for an error with a status or code of its own
     */
    PromptRequest read(Fields fields);
}
