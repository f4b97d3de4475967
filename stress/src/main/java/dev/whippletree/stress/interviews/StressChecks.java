package dev.whippletree.stress.interviews;

import dev.whippletree.emulator.model.AccountStats;
import dev.whippletree.emulator.model.LimitStats;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.terminal.board.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Holds what came out of a stress run against what must hold. Immutable. */
record StressChecks(StressSettings settings, InterviewResults results, StatusSnapshot status, ServiceStats stats) {

    /** How far an account's calls may be from its even share: one in a hundred, and one call in any case. */
    private static final double UNEVENNESS = 0.01;

    List<Check> all() {
        List<Check> checks = new ArrayList<>();
        checks.add(Check.exactly("prompts answered", results.prompts(), results.answered()));
        checks.add(Check.exactly("wrong answers", 0, results.wrong()));
        checks.addAll(calls());
        checks.add(Check.exactly("calls answered 429", 0, stats.rateLimited()));
        stats.limits().stream()
                .sorted(Comparator.comparing(LimitStats::organization))
                .map(StressChecks::limit)
                .forEach(checks::add);
        if (settings.faultless()) {
            stats.accounts().stream().map(this::share).forEach(checks::add);
        }
        checks.add(bound());
        return checks;
    }

    private List<Check> calls() {
        long distinct = settings.interviews().distinct();
        long spared = status.prompts().fromCache() + status.prompts().joined();
        Check reached = Check.exactly("distinct prompts that reached the accounts", distinct, stats.distinctPrompts());
        Check shared = Check.exactly("answers from cache or shared calls", results.prompts() - distinct, spared);
        return settings.faultless()
                ? List.of(
                        reached,
                        Check.exactly("upstream calls", distinct, stats.calls()),
                        Check.exactly("calls as the library counts them", stats.calls(), status.calls()),
                        shared)
                : List.of(reached, Check.atLeast("upstream calls", distinct, stats.calls()), shared);
    }

    private static Check limit(LimitStats limit) {
        return Check.atMost(
                "fullest window of " + limit.organization() + " (" + limit.limit() + ")",
                limit.amount(),
                limit.fullest());
    }

    private Check share(AccountStats account) {
        double even = (double) stats.calls() / settings.accounts();
        double allowed = Math.max(1, even * UNEVENNESS);
        return new Check(
                "calls of " + account.account(),
                String.format(Locale.ROOT, "%,.0f ± %.0f", even, allowed),
                Words.count(account.calls()),
                Math.abs(account.calls() - even) <= allowed);
    }

    private Check bound() {
        Duration bound = StressReport.bound(settings);
        Duration shortest = results.shortestInterview();
        return new Check(
                "shortest interview",
                "never below " + StressReport.seconds(bound),
                StressReport.seconds(shortest),
                shortest.compareTo(bound) >= 0);
    }
}
