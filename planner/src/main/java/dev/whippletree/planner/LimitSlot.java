package dev.whippletree.planner;

import dev.whippletree.planner.AccountGroup.Organization;
import dev.whippletree.planner.PlannedAccount.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One limit of one organization, and which targets use it. Immutable.
 *
 * @param group the organization's kind
 * @param organization whose limit
 * @param limit which
 * @param name how it is written: with its model if it is one model's
 * @param targets which targets use it
 * @param perCall what one call counts for
 * @param full the share of it from which on no further call fits; 0.9 at most, because unused reservations keep it from
 *     filling completely
 */
record LimitSlot(
        AccountGroup group,
        String organization,
        CountedLimit limit,
        String name,
        List<Target> targets,
        long perCall,
        double full) {

    private static final double FULL = 0.9;

    /** Returns the limits of all organizations of a pool, in order. */
    static List<LimitSlot> of(AccountPool pool, Allowance allowance) {
        List<PlannedAccount> accounts = PlannedAccount.of(pool);
        List<LimitSlot> slots = new ArrayList<>();
        for (AccountGroup group : pool.groups()) {
            for (Organization organization : group.organizations()) {
                for (CountedLimit limit : CountedLimit.of(group)) {
                    slots.add(of(group, organization.id(), limit, accounts, allowance));
                }
            }
        }
        return slots;
    }

    private static LimitSlot of(
            AccountGroup group,
            String organization,
            CountedLimit limit,
            List<PlannedAccount> accounts,
            Allowance allowance) {
        String model = limit.model().map(only -> " of " + only).orElse("");
        long perCall = allowance.perCall(group.service(), limit.limit().unit());
        List<Target> users = accounts.stream()
                .filter(planned -> planned.organization().equals(organization))
                .flatMap(planned -> planned.targets().stream())
                .filter(target -> limit.bounds(target.model()))
                .toList();
        long amount = limit.limit().amount();
        double full = Math.min(FULL, (double) (amount - allowance.left(amount, perCall) - perCall + 1) / amount);
        return new LimitSlot(group, organization, limit, limit.limit() + model, users, perCall, full);
    }

    /** Returns how long its window is, or a stretch if that is longer. */
    long spanNanos(Duration length) {
        return Math.max(length.toNanos(), limit.limit().window().toNanos());
    }

    /** Returns how much is allowed in that time. */
    double allowedIn(Duration length) {
        return (double) limit.limit().amount()
                * spanNanos(length)
                / limit.limit().window().toNanos();
    }
}
