package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Origin;
import dev.whippletree.model.PromptException;
import dev.whippletree.spi.EngineListener;
import java.time.Duration;

/** What the engine told its listeners. Confined to one run. */
final class Heard implements EngineListener {

    private final Facts facts;
    private final Journal journal;
    long answered;
    long failed;
    long cancelled;

    Heard(Facts facts, Journal journal) {
        this.facts = facts;
        this.journal = journal;
    }

    @Override
    public void answered(Origin origin, Duration took) {
        answered++;
    }

    @Override
    public void failed(PromptException.Reason reason, Duration took) {
        failed++;
    }

    @Override
    public void cancelled(Duration took) {
        cancelled++;
    }

    @Override
    public void closed(String account, String reason) {
        journal.note(facts.nowNanos, account, "closes, it", reason);
        facts.check(!reason.contains(Invariants.SECRET), "secrets stay secret", () -> reason);
    }

    @Override
    public void reopened(String account) {
        journal.note(facts.nowNanos, account, "opens", "again");
    }
}
