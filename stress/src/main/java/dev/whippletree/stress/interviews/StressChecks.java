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

/** Holds what came out of a stress run against what must hold. Confined to one thread. */
final class StressChecks {

    /** How far an account's calls may be from its even share: one in a hundred, and one call in any case. */
    private static final double UNEVENNESS = 0.01;

    private final StressSettings settings;
    private final InterviewResults results;
    private final StatusSnapshot status;
    private final ServiceStats stats;
    private final List<Check> checks = new ArrayList<>();

    StressChecks(StressSettings settings, InterviewResults results, StatusSnapshot status, ServiceStats stats) {
        this.settings = settings;
        this.results = results;
        this.status = status;
        this.stats = stats;
    }

    List<Check> all() {
        checks.add(Check.exactly("prompts answered", results.prompts(), results.answered()));
        checks.add(Check.exactly("wrong answers", 0, results.wrong()));
        addCalls();
        checks.add(Check.exactly("calls answered 429", 0, stats.rateLimited()));
        stats.limits().stream()
                .sorted(Comparator.comparing(LimitStats::organization))
                .forEach(this::addLimit);
        if (settings.faultless()) {
            stats.accounts().forEach(this::addShare);
        }
        addBound();
        return checks;
    }

    private void addCalls() {
        long distinct = settings.interviews().distinct();
        checks.add(Check.exactly("distinct prompts that reached the accounts", distinct, stats.distinctPrompts()));
        if (settings.faultless()) {
            checks.add(Check.exactly("upstream calls", distinct, stats.calls()));
            checks.add(Check.exactly("calls as the library counts them", stats.calls(), status.calls()));
        } else {
            checks.add(Check.atLeast("upstream calls", distinct, stats.calls()));
        }
        long spared = status.prompts().fromCache() + status.prompts().joined();
        checks.add(Check.exactly("answers from cache or shared calls", results.prompts() - distinct, spared));
    }

    private void addLimit(LimitStats limit) {
        checks.add(Check.atMost(
                "fullest window of " + limit.organization() + " (" + limit.limit() + ")",
                limit.amount(),
                limit.fullest()));
    }

    private void addShare(AccountStats account) {
        double even = (double) stats.calls() / settings.accounts();
        double allowed = Math.max(1, even * UNEVENNESS);
        checks.add(new Check(
                "calls of " + account.account(),
                String.format(Locale.ROOT, "%,.0f ± %.0f", even, allowed),
                Words.count(account.calls()),
                Math.abs(account.calls() - even) <= allowed));
    }

    private void addBound() {
        Duration bound = StressReport.bound(settings);
        Duration shortest = results.shortestInterview();
        checks.add(new Check(
                "shortest interview",
                "never below " + StressReport.seconds(bound),
                StressReport.seconds(shortest),
                shortest.compareTo(bound) >= 0));
    }
}
