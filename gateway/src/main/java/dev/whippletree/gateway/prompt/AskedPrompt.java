package dev.whippletree.gateway.prompt;

import dev.whippletree.gateway.clients.Client;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.trace.Trace.TracedPrompt;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import java.util.Optional;

/** A prompt that is being answered, and what has to be settled when that ends. */
record AskedPrompt(
        GatewayParts gateway,
        Client.Charge charge,
        Optional<TracedPrompt> traced,
        Prompt prompt,
        AnswerInfo info,
        AnswerWriter answer,
        StreamedResponse response) {

    /** Its answer is whole, and has about so many tokens, thoughts included. */
    void answered(Optional<TokenUsage> usage, long tokens) {
        charge.settle(usage, tokens, gateway.timeline().nanoTime());
        traced.ifPresent(line -> line.answered(usage));
    }

    /** There is no answer, not even a part of one. */
    void failed(Throwable failure) {
        charge.failed(failure, gateway.timeline().nanoTime());
    }

    /** Nobody waits for its answer any more, of which so many tokens have come. */
    void abandoned(long tokens) {
        charge.keep(tokens, gateway.timeline().nanoTime());
    }

    ApiError error(Throwable failure) {
        return PromptError.of(failure, gateway.timeline().now(), info.disclosure());
    }

    /** Notes for the client which answer it may confirm. Before the answer's end is written. */
    void noteToConfirm(Origin origin) {
        if (prompt.question().isEmpty()) {
            return;
        }
        Optional<Completion> stored = gateway.whippletree().unconfirmed(prompt);
        stored.ifPresent(completion -> info.toConfirm(completion.words()));
        // A fresh answer alone teaches nothing; and the client must know which answer it confirms.
        boolean wanted = stored.isPresent() || origin.source() == Origin.Source.CACHE;
        gateway.answers()
                .add(
                        prompt.tenant(),
                        answer.id(),
                        wanted ? gateway.whippletree().confirmationKey(prompt) : Optional.empty());
    }
}
