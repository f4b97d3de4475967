package dev.whippletree.planner;

import dev.whippletree.planner.Outcome.AccountUse;
import dev.whippletree.planner.Outcome.Binding;
import dev.whippletree.planner.Outcome.CreditUse;
import dev.whippletree.planner.Outcome.LimitUse;
import dev.whippletree.planner.Outcome.Minute;
import dev.whippletree.planner.Outcome.Tokens;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Builds the outcome from a simulation's records. Confined to one simulation. */
final class OutcomeReport {

    private final PlanRequest request;
    private final Variant variant;
    private final List<PlannedAccount> planned;
    private final Imitations services;
    private final Recorder recorder;
    private final Allowance allowance;
    private final List<LimitSlot> slots;

    OutcomeReport(PlanRequest request, Variant variant, Imitations services, Recorder recorder) {
        this.request = request;
        this.variant = variant;
        this.planned = PlannedAccount.of(variant.pool());
        this.services = services;
        this.recorder = recorder;
        this.allowance = new Allowance(request);
        this.slots = LimitSlot.of(variant.pool(), allowance);
    }

    Outcome of(int distinct, Supplier<Optional<Outcome.Otherwise>> ifNot) {
        long prompts = new Questions(request, variant.interviews()).prompts();
        List<LimitUse> limits = slots.stream().map(this::use).toList();
        List<AccountUse> accounts = accounts(limits);
        long made = accounts.stream().mapToLong(AccountUse::calls).sum();
        long admitted = made - recorder.refused();
        Timetable timetable = new Timetable(recorder, planned, slots);
        List<Minute> minutes = timetable.minutes();
        long answered = sum(minutes, Minute::answered);
        long needed = answered == prompts ? admitted : Math.max(admitted, distinct);
        double load = allowance.load(needed, variant.pool());
        List<CreditUse> credits = new CreditReport(variant.pool(), recorder, allowance).uses();
        Outcome.Times waited = recorder.waited();
        Binding binding = Judge.binding(waited, recorder.failed(), Judge.bindingLimit(limits, slots, minutes), credits);
        Judge judge = new Judge(request);
        Judge.Judgement known = judge.judge(
                new Judge.Figures(
                        prompts,
                        answered,
                        recorder.failed(),
                        load,
                        needed,
                        allowance.calls(variant.pool()),
                        waited,
                        request.longestWait().map(recorder::waitedLongerThan).orElse(0L)),
                binding);
        Judge.Judgement judgement = judge.withUnknown(known, asked());
        Optional<Outcome.Otherwise> otherwise = judgement.otherwise(ifNot);
        return new Outcome(
                otherwise.isPresent() ? Verdict.DEPENDS : judgement.verdict(),
                true,
                judgement.reason(),
                load,
                prompts,
                answered,
                recorder.failed(),
                distinct,
                made,
                sum(minutes, Minute::fromCache),
                sum(minutes, Minute::joined),
                recorder.refused(),
                Optional.of(recorder.took()),
                Optional.of(waited),
                Optional.of(Duration.ofNanos(recorder.lastAnswerNanos())),
                accounts,
                limits,
                binding,
                tokens(),
                credits,
                minutes,
                timetable.seconds(),
                otherwise);
    }

    private static long sum(List<Minute> minutes, ToLongFunction<Minute> figure) {
        return minutes.stream().mapToLong(figure).sum();
    }

    private List<PlannedAccount> asked() {
        return planned.stream()
                .filter(account -> recorder.calls(account.targets()) > 0)
                .toList();
    }

    private LimitUse use(LimitSlot slot) {
        long used = recorder.admitted(slot.targets()) * slot.perCall();
        long fullest = services.fullest(
                slot.group().service(), slot.organization(), slot.limit().counted());
        return new LimitUse(
                slot.organization(),
                slot.name(),
                used,
                slot.limit().allowed(request.horizon(), 0),
                (double) fullest / slot.limit().limit().amount());
    }

    private List<AccountUse> accounts(List<LimitUse> limits) {
        return planned.stream()
                .map(account -> new AccountUse(
                        account.id(),
                        account.group().service(),
                        account.organization(),
                        recorder.calls(account.targets()),
                        limits.stream()
                                .filter(limit -> limit.organization().equals(account.organization()))
                                .mapToDouble(LimitUse::share)
                                .max()
                                .orElse(0)))
                .toList();
    }

    private List<Tokens> tokens() {
        Map<String, Tokens> sums = new LinkedHashMap<>();
        for (PlannedAccount account : planned) {
            String service = account.group().service();
            for (PlannedAccount.Target target : account.targets()) {
                Tokens own = new Tokens(service, target.model(), recorder.tokens(target));
                sums.merge(
                        service + '\n' + target.model(),
                        own,
                        (one, other) ->
                                new Tokens(service, target.model(), one.used().plus(other.used())));
            }
        }
        return List.copyOf(sums.values());
    }
}
