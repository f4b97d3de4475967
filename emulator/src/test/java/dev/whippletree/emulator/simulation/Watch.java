package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Failure;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.time.Timeline;
import java.util.List;
import java.util.function.Supplier;

/** Hears of every call, writes down the facts, and tells who observes the run. Confined to one run. */
final class Watch {

    private final Facts facts;
    private final Journal journal;
    private final Timeline timeline;
    private final List<? extends RunObserver> observers;

    Watch(Facts facts, Journal journal, Timeline timeline, List<? extends RunObserver> observers) {
        this.facts = facts;
        this.journal = journal;
        this.timeline = timeline;
        this.observers = observers;
    }

    Call sending(SimulatedAccount account, String connection, String model, Prompt prompt, Admission admission) {
        facts.nowNanos = timeline.nanoTime();
        Call call = new Call(account, connection, model, facts.openerOf(prompt), admission, facts.nowNanos);
        observers.forEach(observer -> observer.sending(call));
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

    void stale(Call call) {
        facts.nowNanos = timeline.nanoTime();
        journal.note(facts.nowNanos, call, "has a stale connection", "");
        facts.stale(call);
    }

    void sentAgain(Call call) {
        journal.note(facts.nowNanos, call, "is sent again", "");
        facts.sentAgain(call);
    }

    void failed(Call call, Failure failure) {
        facts.nowNanos = timeline.nanoTime();
        boolean news = !call.ended;
        facts.failed(call, failure);
        if (news) {
            journal.note(facts.nowNanos, call, "fails", failure);
            observers.forEach(observer -> observer.failed(call, failure));
        }
    }

    void answered(Call call, AnswerEnd end) {
        facts.nowNanos = timeline.nanoTime();
        facts.answered(call, end);
        journal.note(facts.nowNanos, call, "is answered", end.finishReason());
        observers.forEach(observer -> observer.answered(call, end));
    }

    void cancelled(Call call) {
        facts.nowNanos = timeline.nanoTime();
        facts.cancelled(call);
        journal.note(facts.nowNanos, call, "is broken off", "");
        observers.forEach(observer -> observer.cancelled(call));
    }
}
