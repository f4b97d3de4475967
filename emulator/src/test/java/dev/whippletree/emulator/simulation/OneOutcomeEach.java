package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Limit;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.StatusSnapshot;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Invariant 2: every prompt ends exactly once, by its deadline, with an answer or for a reason. */
final class OneOutcomeEach implements Invariant {

    private static final String NAME = "one outcome each";

    private final Facts facts;
    private final Heard heard;
    private final PriorityQueue<Asked> byDeadline =
            new PriorityQueue<>(Comparator.comparingLong(asked -> asked.deadlineNanos.orElse(Long.MAX_VALUE)));
    private long answered;
    private long refused;

    OneOutcomeEach(Facts facts, Heard heard) {
        this.facts = facts;
        this.heard = heard;
    }

    @Override
    public void asking(Asked asked) {
        if (asked.deadlineNanos.isPresent()) {
            byDeadline.add(asked);
        }
    }

    @Override
    public void answered(Asked asked, Completion completion) {
        answered++;
        ended(asked);
    }

    @Override
    public void refused(Asked asked, PromptException failure) {
        refused++;
        ended(asked);
        facts.check(
                mayFail(asked, failure),
                NAME,
                () -> "there is no reason for #" + asked.ask.id() + " to fail: " + failure.reason() + ", "
                        + failure.getMessage());
    }

    private void ended(Asked asked) {
        facts.check(asked.endings == 1, NAME, () -> "#" + asked.ask.id() + " ended twice");
        facts.check(
                facts.nowNanos <= asked.deadlineNanos.orElse(Long.MAX_VALUE),
                NAME,
                () -> "#" + asked.ask.id() + " ended after its deadline");
    }

    private boolean isDue(@Nullable Asked asked) {
        return asked != null && asked.deadlineNanos.orElse(Long.MAX_VALUE) <= facts.nowNanos;
    }

    @Override
    public void step(StatusSnapshot status) {
        while (isDue(byDeadline.peek())) {
            Asked due = byDeadline.remove();
            facts.check(due.hasEnded(), NAME, () -> "#" + due.ask.id() + " goes on after its deadline");
        }
        StatusSnapshot.Prompts prompts = status.prompts();
        facts.check(
                prompts.answered() == answered
                        && prompts.failed() == refused
                        && prompts.submitted() == facts.asked.size(),
                NAME,
                () -> answered + " answered and " + refused + " refused of " + facts.asked.size() + ", says "
                        + prompts);
        facts.check(
                heard.answered == answered && heard.failed == refused,
                NAME,
                () -> "listeners heard of " + heard.answered + " answers and " + heard.failed + " errors, not of "
                        + answered + " and " + refused);
        facts.check(prompts.underWay() >= status.waiting(), NAME, () -> "more wait than are under way");
    }

    @Override
    public void end(StatusSnapshot status) {
        facts.asked.stream()
                .filter(asked -> asked.endings != 1)
                .forEach(asked -> facts.violated(NAME, "#" + asked.ask.id() + " ended " + asked.endings + " times"));
        facts.check(status.prompts().underWay() == 0, NAME, () -> "prompts are under way at the end");
        facts.check(status.sessionsActive() == 0, NAME, () -> "sessions are active at the end");
        facts.check(status.waiting() == 0, NAME, () -> "prompts wait at the end");
        facts.check(
                heard.cancelled == status.prompts().cancelled(),
                NAME,
                () -> "listeners heard of " + heard.cancelled + " prompts given up, not of "
                        + status.prompts().cancelled());
    }

    private boolean mayFail(Asked asked, PromptException failure) {
        Scenario scenario = facts.scenario;
        return switch (failure.reason()) {
            case REJECTED -> happens(FaultKind.BAD_REQUEST) || happens(FaultKind.FORBIDDEN);
            case FILTERED -> happens(FaultKind.FILTERED);
            case TOO_LARGE -> happens(FaultKind.TOO_LONG) || mayExceedALimit(asked);
            case NO_ACCOUNT ->
                happens(FaultKind.NO_CREDIT)
                        || happens(FaultKind.UNAUTHORIZED)
                        || happens(FaultKind.FORBIDDEN)
                        || happens(FaultKind.TOO_LONG)
                        || !scenario.reloads().isEmpty() && !scenario.isHarmless()
                        || !scenario.isDeclared() && mayExceedALimit(asked);
            case NO_ROOM_IN_TIME -> asked.deadlineNanos.isPresent();
            case DEADLINE ->
                asked.deadlineNanos.isPresent() || asked.ask.prompt().endsWhenStalled();
            case CALLER_TIMEOUT -> false;
            case LINE_FULL -> scenario.engine().lineSize() < scenario.asks().size();
            case ATTEMPTS_EXHAUSTED -> !scenario.isHarmless() || !scenario.isDeclared();
            case STREAM_INTERRUPTED -> asked.wasTold();
            case CLOSED ->
                scenario.closing()
                        .map(Scenario.Closing::at)
                        .map(Duration::toNanos)
                        .filter(at -> at <= facts.nowNanos)
                        .isPresent();
        };
    }

    private boolean happens(FaultKind kind) {
        return facts.scenario.services().values().stream()
                .flatMap(service -> service.faults().rules().stream())
                .anyMatch(rule -> rule.kind() == kind);
    }

    private boolean mayExceedALimit(Asked asked) {
        return facts.scenario.accounts().stream()
                .flatMap(account -> account.limits().stream())
                .anyMatch(limit -> limit.limit().unit() == Limit.Unit.TOKENS
                        && limit.limit().amount() < asked.tokens);
    }
}
