package dev.whippletree.provider.openai.read;

import dev.whippletree.spi.AnswerEnd;
import java.util.List;
import java.util.Optional;

/**
 * What a reader made of a message. Immutable.
 *
 * @param end the answer's end; empty if it is none
 * @param text what was told of it, until the end or until it turned out to be none
 * @param calls of each call its id, name and arguments
 */
record Reading(Optional<AnswerEnd> end, String text, String reasoning, List<List<String>> calls) {

    static final String MODEL = "model asked for";

    /** What is read as no answer, and of which nothing is told. */
    static final Reading NOTHING = new Reading(Optional.empty(), "", "", List.of());
}
