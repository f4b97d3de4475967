package dev.whippletree.emulator.simulation;

import dev.whippletree.model.PromptException;
import dev.whippletree.model.StatusSnapshot;

/** Invariant 10: a token is in no error and in no status. */
final class SecretsStaySecret implements Invariant {

    private static final String NAME = "secrets stay secret";

    private final Facts facts;

    SecretsStaySecret(Facts facts) {
        this.facts = facts;
    }

    @Override
    public void refused(Asked asked, PromptException failure) {
        facts.check(!told(failure + " " + failure.attempts()), NAME, () -> "an error tells a token: " + failure);
    }

    @Override
    public void end(StatusSnapshot status) {
        facts.check(!told(status.toString()), NAME, () -> "status tells a token: " + status);
    }

    private static boolean told(String text) {
        return text.contains(Invariants.SECRET);
    }
}
