package dev.whippletree.emulator.model;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts what became of requests. Confined to its service's lock. */
final class RequestCounts {

    private final Map<String, Tally> tallies = new LinkedHashMap<>();
    private final Map<Long, Long> prompts = new HashMap<>();
    private long mostCallsPerPrompt;
    private long strangers;

    RequestCounts(List<EmulatedAccount> accounts) {
        accounts.forEach(account -> tallies.put(account.id(), new Tally(account)));
    }

    /** Counts an arrival and returns which request of the account it is, from 1. */
    long arrived(EmulatedAccount account) {
        return ++tally(account).calls;
    }

    void asked(long fingerprint) {
        mostCallsPerPrompt = Math.max(mostCallsPerPrompt, prompts.merge(fingerprint, 1L, Long::sum));
    }

    void strangerCame() {
        strangers++;
    }

    void ended(EmulatedAccount account, Outcome outcome) {
        Tally tally = tally(account);
        tally.outcomes.merge(outcome.symptom(), 1L, Long::sum);
        if (outcome instanceof Outcome.Answered answered && answered.delivery().whole()) {
            tally.answered++;
        }
        if (outcome instanceof Outcome.Refused refused && refused.refusal().kind() == RefusalKind.LIMIT) {
            tally.rateLimited++;
        }
    }

    ServiceStats stats(ServiceKind kind, List<LimitStats> limits) {
        return new ServiceStats(
                kind.provider(),
                tallies.values().stream().map(Tally::stats).toList(),
                limits,
                strangers,
                prompts.size(),
                mostCallsPerPrompt);
    }

    private Tally tally(EmulatedAccount account) {
        return tallies.computeIfAbsent(account.id(), id -> new Tally(account));
    }

    private static final class Tally {

        private final EmulatedAccount account;
        private final Map<String, Long> outcomes = new HashMap<>();
        private long calls;
        private long answered;
        private long rateLimited;

        Tally(EmulatedAccount account) {
            this.account = account;
        }

        AccountStats stats() {
            return new AccountStats(account.id(), account.organization(), calls, answered, rateLimited, outcomes);
        }
    }
}
