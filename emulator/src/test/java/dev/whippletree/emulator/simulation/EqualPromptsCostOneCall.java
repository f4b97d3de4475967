package dev.whippletree.emulator.simulation;

/** Invariant 5: equal prompts that overlap cost one call, and what is stored costs none. */
final class EqualPromptsCostOneCall implements Invariant {

    private static final String NAME = "equal prompts cost one call";

    private final Facts facts;

    EqualPromptsCostOneCall(Facts facts) {
        this.facts = facts;
    }

    @Override
    public void sending(Call call) {
        Asked opener = call.asked;
        if (!opener.ask.shares()) {
            facts.check(!opener.hasEnded(), NAME, () -> "nobody waits for the answer any more of the " + call);
            return;
        }
        facts.check(
                !facts.isUnderWayFor(opener.key),
                NAME,
                () -> "another call for the same is under way besides the " + call);
        facts.check(
                facts.waitingFor(opener.key) > 0, NAME, () -> "nobody waits any more for the answer of the " + call);
        facts.check(!facts.wasStoredBefore(opener), NAME, () -> "the answer was stored before the " + call);
        facts.check(opener.opener, NAME, () -> "a joiner's prompt is called for by the " + call);
    }
}
