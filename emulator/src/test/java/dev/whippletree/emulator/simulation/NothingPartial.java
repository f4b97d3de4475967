package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.Answers;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;

/** Invariant 6: what is returned is whole, and belongs to its prompt. */
final class NothingPartial implements Invariant {

    private static final String NAME = "nothing partial is a success";

    private final Facts facts;

    NothingPartial(Facts facts) {
        this.facts = facts;
    }

    @Override
    public void answered(Asked asked, Completion completion) {
        boolean whole = completion.finishReason() == FinishReason.LENGTH
                ? completion
                        .usage()
                        .filter(usage -> usage.completionTokens() == maxTokens(asked))
                        .isPresent()
                : Answers.matches(asked.ask.prompt().messages(), completion.text());
        facts.check(whole, NAME, () -> "the answer to #" + asked.ask.id() + " isn't whole or isn't its own");
        facts.check(
                facts.wasAnswered(asked.key),
                NAME,
                () -> "the answer to #" + asked.ask.id() + " was never made for it: " + completion.origin());
    }

    private static long maxTokens(Asked asked) {
        return asked.ask.prompt().parameters().maxTokens().orElseThrow();
    }
}
