package dev.whippletree.stress.interviews;

import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.emulator.fault.FaultRule;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The earliest moment at which a run's calls can all have been taken by its accounts: each account takes a window's
 * amount at once, as soon as its limit and its outages allow, and then no more for a window. Stateless.
 */
final class LowerBound {

    private LowerBound() {}

    /** Returns that moment, counted from the start. */
    static Duration of(StressSettings settings) {
        PriorityQueue<Opening> openings =
                new PriorityQueue<>(Comparator.comparing(Opening::at).thenComparing(Opening::account));
        for (int number = 1; number <= settings.accounts(); number++) {
            openings.add(opening(settings, StressSettings.accountId(number), Duration.ZERO));
        }
        long left = settings.interviews().distinct();
        while (true) {
            Opening next = openings.remove();
            left -= settings.limit().amount();
            if (left <= 0) {
                return next.at();
            }
            openings.add(opening(
                    settings, next.account(), next.at().plus(settings.limit().window())));
        }
    }

    /** A moment at which an account can take a window's amount. */
    private record Opening(Duration at, String account) {}

    private static Opening opening(StressSettings settings, String account, Duration from) {
        List<FaultRule.Window> outages = settings.faults().rules().stream()
                .filter(rule -> endsEveryCall(rule, account))
                .flatMap(rule -> rule.window().stream())
                .sorted(Comparator.comparing(FaultRule.Window::from))
                .toList();
        Duration at = from;
        for (FaultRule.Window outage : outages) {
            if (at.compareTo(outage.from()) >= 0 && at.compareTo(outage.to()) < 0) {
                at = outage.to();
            }
        }
        return new Opening(at, account);
    }

    private static boolean endsEveryCall(FaultRule rule, String account) {
        boolean concerned = rule.account().map(account::equals).orElse(true);
        return concerned
                && rule.model().isEmpty()
                && rule.share() >= 1
                && rule.numbers().isEmpty()
                && !rule.kind().isAnswered()
                && rule.kind() != FaultKind.FLEX_CAPACITY;
    }
}
