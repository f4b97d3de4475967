package dev.whippletree.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The status of a Whippletree at one moment. Immutable.
 *
 * @param at when it was taken
 * @param uptime for how long prompts have been taken
 * @param prompts what became of the prompts
 * @param sessionsActive sessions with a prompt under way
 * @param waiting flights in the waiting line
 * @param inFlight attempts under way
 * @param calls attempts made since the start
 * @param promptsPerMinute prompts answered per minute, over the last minute
 * @param latency how long callers waited for answers, of whatever source
 * @param tokens as the services counted them, since the start
 * @param caches the cache tiers, nearest first
 * @param coordination what is in common with other processes; absent: no coordinator is configured
 * @param accounts the accounts, as configured
 * @param tenants whose prompts these are, those with most waiting first, at last all that have no row of their own
 *     together; empty as long as only one has needed a call
 * @param pickerFaults how often a strategy threw and round-robin picked instead
 * @param notes what a user should know about this configuration, a sentence each
 */
public record StatusSnapshot(
        Instant at,
        Duration uptime,
        Prompts prompts,
        int sessionsActive,
        int waiting,
        int inFlight,
        long calls,
        double promptsPerMinute,
        Latency latency,
        TokenUsage tokens,
        List<CacheTier> caches,
        Optional<Coordination> coordination,
        List<Account> accounts,
        List<Tenant> tenants,
        long pickerFaults,
        List<String> notes) {

    /** Copies mutable values. */
    public StatusSnapshot {
        caches = List.copyOf(caches);
        accounts = List.copyOf(accounts);
        tenants = List.copyOf(tenants);
        notes = List.copyOf(notes);
    }

    /**
     * What became of the prompts since the start.
     *
     * @param submitted all of them
     * @param answered those that got an answer, of whatever source
     * @param fromCache answered from a cache
     * @param joined answered by a call that an equal prompt had caused
     * @param failed those that ended with an error
     * @param cancelled those whose caller gave up, or was refused shortly before ({@link
     *     PromptException.Reason#CALLER_TIMEOUT})
     * @param resumed those that were asked again after their caller had given up, and went back to their turns in the
     *     line
     */
    public record Prompts(
            long submitted, long answered, long fromCache, long joined, long failed, long cancelled, long resumed) {

        /** Returns the share of answers that needed no call of their own, 0 to 1; 0 when there were none. */
        public double sparedRate() {
            return answered == 0 ? 0 : (double) (fromCache + joined) / answered;
        }

        /**
         * Returns the share of ended prompts that got an answer, cancelled ones aside, 0 to 1; 1 when none has ended.
         */
        public double successRate() {
            return answered + failed == 0 ? 1 : (double) answered / (answered + failed);
        }

        /** Returns the prompts that haven't ended. */
        public long underWay() {
            return submitted - answered - failed - cancelled;
        }
    }

    /**
     * A summary of times.
     *
     * @param count how many were measured
     * @param mean their mean
     * @param p95 a time that 95 in 100 of the most recent didn't exceed, within 5 %
     */
    public record Latency(long count, Duration mean, Duration p95) {}

    /**
     * One cache tier.
     *
     * @param name its backend's name
     * @param hits look-ups that found an answer
     * @param misses look-ups that didn't
     * @param faults look-ups and stores that failed; each such look-up is a miss too
     * @param remarks what a user should know about how it does, a sentence each
     */
    public record CacheTier(String name, long hits, long misses, long faults, List<String> remarks) {

        /** Copies mutable values, and makes the remarks safe to show. */
        public CacheTier {
            remarks = remarks.stream().map(ShownText::line).toList();
        }
    }

    /**
     * What is in common with other processes over the same accounts. The counts are this process's, since the start.
     *
     * @param name the coordinator's name
     * @param connected whether the others can be reached
     * @param processes how many there were when they last could, this one included; 0 if that isn't known
     * @param granted attempts that were let pass, those granted alone included
     * @param alone attempts let pass without asking the others, by this process's share
     * @param refused attempts that were sent back, since the others had used what they needed
     * @param claimed questions that this process was the one to call for
     * @param leftToOthers times a prompt waited for another process's call
     * @param faults questions to the coordinator that failed
     * @param problem what is wrong and what to do, a sentence; absent: nothing
     */
    public record Coordination(
            String name,
            boolean connected,
            int processes,
            long granted,
            long alone,
            long refused,
            long claimed,
            long leftToOthers,
            long faults,
            Optional<String> problem) {}

    /** What can be said of an account in one word. */
    public enum AccountState {
        /** May be asked. */
        OPEN,
        /** A limit is used up for now, as far as is known here or by the service's word. */
        BUSY,
        /** Failed lately and isn't tried for a while. */
        COOLING,
        /** Out of credit, or its token is refused: needs your attention. */
        OFF
    }

    /**
     * One account.
     *
     * @param id its configured id
     * @param provider its provider's name
     * @param organization whose limits it shares
     * @param state in one word
     * @param reason why it isn't open
     * @param until when it will be tried again, if that is known
     * @param inFlight attempts under way
     * @param maxConcurrency how many there may be
     * @param calls attempts made
     * @param answered attempts that gave an answer
     * @param rateLimited attempts answered with a limit hit
     * @param failures failed attempts by kind; kinds that didn't occur are absent
     * @param latency from sending to the answer's end
     * @param tokens as the service counted them
     * @param tokensByModel the same for each model, by the service's own name; models that gave no answer are absent
     * @param limits its organization's limits, declared and learned
     * @param staleConnections kept connections that the service had closed; the request was sent again at once
     */
    public record Account(
            String id,
            String provider,
            String organization,
            AccountState state,
            Optional<String> reason,
            Optional<Instant> until,
            int inFlight,
            int maxConcurrency,
            long calls,
            long answered,
            long rateLimited,
            Map<FailureKind, Long> failures,
            Latency latency,
            TokenUsage tokens,
            Map<String, TokenUsage> tokensByModel,
            List<LimitStatus> limits,
            long staleConnections) {

        /** Copies mutable values. */
        public Account {
            failures = Map.copyOf(failures);
            tokensByModel = Map.copyOf(tokensByModel);
            limits = List.copyOf(limits);
        }
    }

    /**
     * Returns the tenants in so many rows at most.
     *
     * @param rows 2 or more; where there are more tenants, the last row is that of all others together
     */
    public List<Tenant> tenantsIn(int rows) {
        if (tenants.size() <= rows) {
            return tenants;
        }
        List<Tenant> shown = new ArrayList<>(tenants.subList(0, rows - 1));
        shown.add(Tenant.together(Optional.empty(), tenants.subList(rows - 1, tenants.size())));
        return shown;
    }

    /** Returns the share of all tenants' starts that were one's, 0 to 1; 0 if nobody has started any. */
    public double shareOfStarts(Tenant tenant) {
        long all = tenants.stream().mapToLong(Tenant::starts).sum();
        return all == 0 ? 0 : (double) tenant.starts() / all;
    }

    /**
     * One tenant, as far as this process knows of it.
     *
     * @param name its name, which may be empty; absent: all tenants together that have no row of their own
     * @param weight how much it gets beside others; absent with the name
     * @param waiting its flights in the waiting line
     * @param oldestWait how long ago the oldest of these was asked; absent: there is none
     * @param starts calls begun for it, as long as it has had a row
     * @param limits what its calls have used of each limit within the limit's window, as far as they have ended; limits
     *     of which they have used nothing are absent
     */
    public record Tenant(
            Optional<String> name,
            Optional<Integer> weight,
            int waiting,
            Optional<Duration> oldestWait,
            long starts,
            List<LimitShare> limits) {

        /** Copies mutable values, and makes the name safe to show. */
        public Tenant {
            name = name.map(ShownText::line);
            limits = List.copyOf(limits);
        }

        /**
         * Returns the sum of several rows: of one tenant in several processes over the same limits, or of several
         * tenants.
         *
         * @param name whose row it is then; absent: that of several
         * @param rows one or more
         */
        public static Tenant together(Optional<String> name, List<Tenant> rows) {
            Map<List<Object>, LimitShare> limits = new LinkedHashMap<>();
            rows.stream()
                    .flatMap(row -> row.limits.stream())
                    .forEach(share -> limits.merge(List.of(share.scope, share.limit), share, LimitShare::plus));
            return new Tenant(
                    name,
                    name.flatMap(same -> rows.get(0).weight),
                    rows.stream().mapToInt(Tenant::waiting).sum(),
                    rows.stream().flatMap(row -> row.oldestWait.stream()).max(Comparator.naturalOrder()),
                    rows.stream().mapToLong(Tenant::starts).sum(),
                    List.copyOf(limits.values()));
        }

        /** Returns the limit of which it has used the largest share; absent if it has used nothing of any. */
        public Optional<LimitShare> mostUsed() {
            return limits.stream().max(Comparator.comparingDouble(LimitShare::share));
        }
    }

    /**
     * What a tenant has used of a limit.
     *
     * @param scope what the limit applies to
     * @param limit the limit
     * @param used what its calls have used within the limit's window, to a tenth of the window
     */
    public record LimitShare(Scope scope, Limit limit, long used) {

        private LimitShare plus(LimitShare other) {
            return new LimitShare(scope, limit, used + other.used);
        }

        /** Returns which part of the whole limit that is, 0 to 1. */
        public double share() {
            return Math.min(1, (double) used / limit.amount());
        }
    }

    /**
     * One limit and how much of it is left.
     *
     * @param scope what it applies to
     * @param unit what it counts
     * @param amount how much a window allows
     * @param window the window, if it is known
     * @param left how much of it may be used now, 0 or more
     * @param source by whose word it is known; what was {@link Source#LEARNED} is a rate, put as an amount per window,
     *     or the amount of a declared limit that is smaller than declared
     * @param nextIn how long until more may be used, if none may now and it is known, in nanoseconds
     */
    public record LimitStatus(
            Scope scope,
            Limit.Unit unit,
            long amount,
            Optional<Duration> window,
            long left,
            Source source,
            OptionalLong nextIn) {

        /** How a limit came to be known. */
        public enum Source {
            /** From the configuration. */
            DECLARED,
            /** From what the service said. */
            REPORTED,
            /** Not reported: found from accepted and refused calls, and still being adjusted. */
            LEARNED
        }
    }
}
