package dev.whippletree.planner;

import dev.whippletree.model.TokenUsage;
import dev.whippletree.planner.Outcome.AccountUse;
import dev.whippletree.planner.Outcome.Binding;
import dev.whippletree.planner.Outcome.CreditUse;
import dev.whippletree.planner.Outcome.LimitUse;
import dev.whippletree.planner.Outcome.Minute;
import dev.whippletree.planner.Outcome.Tokens;
import dev.whippletree.planner.Recorder.MinuteTally;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Builds the outcome from a simulation's records. Confined to one simulation. */
final class OutcomeReport {

    private final PlanRequest request;
    private final Variant variant;
    private final Targets targets;
    private final Imitations services;
    private final Recorder recorder;
    private final Allowance allowance;
    private final List<LimitSlot> slots;

    OutcomeReport(PlanRequest request, Variant variant, Targets targets, Imitations services, Recorder recorder) {
        this.request = request;
        this.variant = variant;
        this.targets = targets;
        this.services = services;
        this.recorder = recorder;
        this.allowance = new Allowance(request);
        this.slots = LimitSlot.of(variant.pool(), targets, allowance);
    }

    Outcome of(int distinct, Supplier<Optional<Outcome.Otherwise>> ifNot) {
        long prompts = new Questions(request, variant.interviews()).prompts();
        long answered = sum(minute -> minute.answered);
        long[] calls = byTarget(minute -> minute.calls);
        long made = sum(calls);
        long refused = sum(byTarget(minute -> minute.refused));
        long needed = answered == prompts ? made - refused : Math.max(made - refused, distinct);
        double load = allowance.load(needed, variant.pool());
        List<LimitUse> limits = slots.stream().map(this::use).toList();
        List<CreditUse> credits = new CreditReport(variant.pool(), targets, recorder.minutes(), allowance).uses();
        Outcome.Times waited = recorder.waited();
        List<Minute> minutes =
                new Timetable(recorder, recorder.minutes(), Duration.ofMinutes(1), targets, slots).stretches();
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
        Judge.Judgement judgement = judge.withUnknown(known, asked(calls));
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
                sum(minute -> minute.fromCache),
                sum(minute -> minute.joined),
                refused,
                Optional.of(recorder.took()),
                Optional.of(waited),
                Optional.of(Duration.ofNanos(recorder.lastAnswerNanos())),
                accounts(calls, limits),
                limits,
                binding,
                tokens(),
                credits,
                minutes,
                new Timetable(recorder, recorder.seconds(), Duration.ofSeconds(1), targets, slots).stretches(),
                otherwise);
    }

    private List<PlannedAccount> asked(long[] calls) {
        return targets.plannedAccounts().stream()
                .filter(planned -> targets.callsOf(planned, calls) > 0)
                .toList();
    }

    private long sum(ToLongFunction<MinuteTally> figure) {
        return recorder.minutes().stream().mapToLong(figure).sum();
    }

    private static long sum(long[] values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum;
    }

    private long[] byTarget(Function<MinuteTally, long[]> figure) {
        long[] sums = new long[targets.all().size()];
        for (MinuteTally minute : recorder.minutes()) {
            long[] counts = figure.apply(minute);
            for (int target = 0; target < sums.length; target++) {
                sums[target] += counts[target];
            }
        }
        return sums;
    }

    private LimitUse use(LimitSlot slot) {
        long used = slot.used(byTarget(MinuteTally::admitted));
        long fullest = services.fullest(
                slot.group().service(), slot.organization(), slot.limit().counted());
        return new LimitUse(
                slot.organization(),
                slot.name(),
                used,
                slot.limit().allowed(request.horizon()),
                (double) fullest / slot.limit().limit().amount());
    }

    private List<AccountUse> accounts(long[] calls, List<LimitUse> limits) {
        return targets.plannedAccounts().stream()
                .map(planned -> new AccountUse(
                        planned.id(),
                        planned.group().service(),
                        planned.organization(),
                        targets.callsOf(planned, calls),
                        limits.stream()
                                .filter(limit -> limit.organization().equals(planned.organization()))
                                .mapToDouble(LimitUse::share)
                                .max()
                                .orElse(0)))
                .toList();
    }

    private List<Tokens> tokens() {
        Map<String, Tokens> sums = new LinkedHashMap<>();
        for (int number = 0; number < targets.all().size(); number++) {
            Targets.Target target = targets.all().get(number);
            String service = target.planned().group().service();
            Tokens own = new Tokens(service, target.model(), recorder.tokens(number));
            sums.merge(service + '\n' + target.model(), own, OutcomeReport::together);
        }
        return List.copyOf(sums.values());
    }

    private static Tokens together(Tokens one, Tokens other) {
        return new Tokens(
                one.service(),
                one.model(),
                TokenUsage.of(
                        one.used().promptTokens() + other.used().promptTokens(),
                        one.used().completionTokens() + other.used().completionTokens()));
    }
}
