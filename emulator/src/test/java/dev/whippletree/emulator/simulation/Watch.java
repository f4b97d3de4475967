package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Failure;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.time.Timeline;
import java.util.List;
import java.util.function.Supplier;

/** Hears of every call, writes down the facts, and asks the invariants. Confined to one run. */
final class Watch {

    private final Facts facts;
    private final Journal journal;
    private final Timeline timeline;
    private final List<Invariant> invariants;

    Watch(Facts facts, Journal journal, Timeline timeline, List<Invariant> invariants) {
        this.facts = facts;
        this.journal = journal;
        this.timeline = timeline;
        this.invariants = invariants;
    }

    Call sending(SimulatedAccount account, String connection, String model, Prompt prompt, Admission admission) {
        facts.nowNanos = timeline.nanoTime();
        Call call = new Call(account, connection, model, facts.openerOf(prompt), admission, facts.nowNanos);
        invariants.forEach(invariant -> invariant.sending(call));
        facts.sent(call);
        journal.note(facts.nowNanos, call, "is made", "");
        return call;
    }

    void check(boolean holds, Supplier<String> what) {
        facts.check(holds, "leases are conserved", what);
    }

    void arrived(Call call) {
        facts.nowNanos = timeline.nanoTime();
        facts.arrived(call);
    }

    void failed(Call call, Failure failure) {
        facts.nowNanos = timeline.nanoTime();
        boolean news = !call.ended;
        facts.failed(call, failure);
        if (news) {
            journal.note(facts.nowNanos, call, "fails", failure);
            invariants.forEach(invariant -> invariant.failed(call, failure));
        }
    }

    void answered(Call call, AnswerEnd end) {
        facts.nowNanos = timeline.nanoTime();
        facts.answered(call, end);
        journal.note(facts.nowNanos, call, "is answered", end.finishReason());
    }

    void cancelled(Call call) {
        facts.nowNanos = timeline.nanoTime();
        facts.cancelled(call);
        journal.note(facts.nowNanos, call, "is broken off", "");
    }
}
