package dev.whippletree.emulator.model;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The statistics of an emulated service. Immutable.
 *
 * @param service the service, by its provider's name
 * @param accounts each account, as declared
 * @param limits each limit that was used
 * @param strangers requests without a known token
 * @param distinctPrompts how many different prompts arrived
 * @param mostCallsPerPrompt the number of calls of the most frequent prompt
 */
public record ServiceStats(
        String service,
        List<AccountStats> accounts,
        List<LimitStats> limits,
        long strangers,
        long distinctPrompts,
        long mostCallsPerPrompt) {

    public ServiceStats {
        accounts = List.copyOf(accounts);
        limits = List.copyOf(limits);
    }

    /** Returns the requests of all accounts. */
    public long calls() {
        return sum(AccountStats::calls);
    }

    /** Returns the requests of all accounts that were answered whole. */
    public long answered() {
        return sum(AccountStats::answered);
    }

    /** Returns the requests of all accounts that were answered 429. */
    public long rateLimited() {
        return sum(AccountStats::rateLimited);
    }

    private long sum(ToLongFunction<AccountStats> figure) {
        return accounts.stream().mapToLong(figure).sum();
    }
}
