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
 * <pre>{@code
 * for (StatusSnapshot.AccountStatus account : whippletree.status().accounts()) {
 *     System.out.println(account.id() + " " + account.state() + account.reason().map(why -> ": " + why).orElse(""));
 * }
 * }</pre>
 *
 * @param at when it was taken
 * @param uptime the time since it began to take prompts
 * @param prompts what became of the prompts
 * @param sessionsActive sessions with a prompt under way
 * @param waiting flights in the waiting line
 * @param inFlight attempts under way
 * @param calls attempts made since the start
 * @param promptsPerMinute prompts answered per minute, over the last minute
 * @param latency how long callers waited for answers from any source
 * @param tokens as the services counted them, since the start
 * @param caches the cache tiers, nearest first
 * @param coordination the coordination with other processes; absent: no coordinator is configured
 * @param accounts the accounts, as configured
 * @param removed what accounts used since the start that are no longer configured, or were connected anew
 * @param tenants the tenants, those with most waiting first, and last a row for all others together; empty as long as
 *     only one tenant has needed a call
 * @param pickerFaults how often a strategy threw, and the account with the fewest calls for its weight was taken
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
        Optional<CoordinatorStatus> coordination,
        List<AccountStatus> accounts,
        List<RemovedAccount> removed,
        List<Tenant> tenants,
        long pickerFaults,
        List<String> notes) {

    /** Copies mutable values. */
    public StatusSnapshot {
        caches = List.copyOf(caches);
        accounts = List.copyOf(accounts);
        removed = List.copyOf(removed);
        tenants = List.copyOf(tenants);
        notes = List.copyOf(notes);
    }

    /**
     * What became of the prompts since the start.
     *
     * @param submitted all of them
     * @param answered those that got an answer from any source
     * @param fromCache answered from a cache
     * @param joined answered by the call of an equal prompt
     * @param failed those that ended with an error
     * @param cancelled those whose caller gave up, or was refused shortly before that
     *     ({@link PromptException.Reason#CALLER_TIMEOUT})
     * @param resumed those asked again after their caller gave up, which got their turns in the line back
     */
    public record Prompts(
            long submitted, long answered, long fromCache, long joined, long failed, long cancelled, long resumed) {

        /** Returns the share of answers that needed no call of their own, 0 to 1; 0 if there were none. */
        public double sparedRate() {
            return answered == 0 ? 0 : (double) (fromCache + joined) / answered;
        }

        /**
         * Returns the share of ended prompts, without cancelled ones, that got an answer, 0 to 1; 1 if none has ended.
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
     * @param p95 the 95th percentile of the most recent, within 5 %
     */
    public record Latency(long count, Duration mean, Duration p95) {}

    /**
     * One cache tier.
     *
     * @param name its backend's name
     * @param hits look-ups that found an answer
     * @param misses look-ups that didn't
     * @param faults look-ups and stores that failed; each such look-up is a miss too
     * @param remarks what a user should know about its work, a sentence each
     */
    public record CacheTier(String name, long hits, long misses, long faults, List<String> remarks) {

        /** Copies mutable values, and makes the remarks safe to show. */
        public CacheTier {
            remarks = remarks.stream().map(ShownText::line).toList();
        }
    }

    /**
     * The coordination with other processes over the same accounts. The counts are this process's, since the start.
     *
     * @param name the coordinator's name
     * @param connected whether all limits are shared with the other processes
     * @param processes the number of processes at the last contact, this one included; 0 if unknown
     * @param granted attempts that were allowed, including {@code alone}
     * @param alone attempts allowed without asking the others, within this process's share
     * @param refused attempts that weren't allowed, because the others had used the room
     * @param claimed questions for which this process made the call
     * @param leftToOthers how often a prompt waited for another process's call
     * @param faults failed requests to the coordinator
     * @param problem what is wrong and what to do, a sentence; absent: nothing
     * @param remarks what else a user may want to know, a sentence each
     */
    public record CoordinatorStatus(
            String name,
            boolean connected,
            int processes,
            long granted,
            long alone,
            long refused,
            long claimed,
            long leftToOthers,
            long faults,
            Optional<String> problem,
            List<String> remarks) {

        /** Copies the remarks, fit to be shown. */
        public CoordinatorStatus {
            remarks = remarks.stream().map(ShownText::line).toList();
        }
    }

    /** The state of an account. */
    public enum AccountState {
        /** May be called. */
        OPEN,
        /** A limit is used up for now, as counted here or by all processes, or reported by the service. */
        BUSY,
        /** Failed recently, and isn't tried for a while. */
        COOLING,
        /** Out of credit, or its token is refused: needs attention. */
        OFF
    }

    /**
     * What an account used before it was removed. If more than {@value #MOST} were, those removed first are one for
     * each provider, {@value #EARLIER}.
     *
     * @param id its configured id
     * @param provider its provider's name
     * @param tokensByModel the tokens by model, as the service names it
     */
    public record RemovedAccount(String id, String provider, Map<String, TokenUsage> tokensByModel) {

        /** How many removed accounts are kept by their ids, besides those of the latest reload. */
        public static final int MOST = 100;

        /** Stands for the id of the earlier ones together. */
        public static final String EARLIER = "(earlier)";

        /** Copies the tokens. */
        public RemovedAccount {
            tokensByModel = Map.copyOf(tokensByModel);
        }
    }

    /**
     * One account.
     *
     * @param id its configured id
     * @param provider its provider's name
     * @param organization the organization whose limits it shares
     * @param state its state
     * @param reason why it isn't open
     * @param until when it will be tried again, if known
     * @param inFlight attempts under way
     * @param maxConcurrency the most attempts there may be under way
     * @param calls attempts made
     * @param answered attempts that brought an answer
     * @param rateLimited attempts answered with a limit hit
     * @param failures failed attempts by kind; kinds that didn't occur are absent
     * @param latency the time from sending to the answer's end
     * @param tokens as the service counted them
     * @param tokensByModel the same by model, as the service names it; models without an answer are absent
     * @param limits its organization's limits, declared and learned
     * @param staleConnections kept connections that the service had closed; their requests were sent again at once if
     *     the limits had room for that, else once they had
     */
    public record AccountStatus(
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
        public AccountStatus {
            failures = Map.copyOf(failures);
            tokensByModel = Map.copyOf(tokensByModel);
            limits = List.copyOf(limits);
        }
    }

    /**
     * Returns the tenants in a limited number of rows.
     *
     * @param rows 2 or more; if there are more tenants, the last row is that of all others together
     */
    public List<Tenant> tenantsIn(int rows) {
        if (tenants.size() <= rows) {
            return tenants;
        }
        List<Tenant> shown = new ArrayList<>(tenants.subList(0, rows - 1));
        shown.add(Tenant.together(Optional.empty(), tenants.subList(rows - 1, tenants.size())));
        return shown;
    }

    /** Returns a tenant's share of all tenants' starts, 0 to 1; 0 if there were none. */
    public double shareOfStarts(Tenant tenant) {
        long all = tenants.stream().mapToLong(Tenant::starts).sum();
        return all == 0 ? 0 : (double) tenant.starts() / all;
    }

    /**
     * One tenant, as this process knows it.
     *
     * @param name its name, which may be empty; absent: this is the row of all other tenants together
     * @param weight its weight; absent with the name
     * @param waiting its flights in the waiting line
     * @param oldestWait how long the oldest of these has waited; absent: there is none
     * @param starts calls begun for it, since it has had a row
     * @param limits what its ended calls have used of each limit within the limit's window; unused limits are absent
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
         * @param name the sum's tenant; absent: several tenants
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

        /** Returns the limit of which it has used the largest share; empty if it has used none. */
        public Optional<LimitShare> mostUsed() {
            return limits.stream().max(Comparator.comparingDouble(LimitShare::share));
        }
    }

    /**
     * A tenant's use of a limit.
     *
     * @param scope what the limit applies to
     * @param limit the limit
     * @param used what its calls have used within the limit's window; the window is kept in tenths
     */
    public record LimitShare(Scope scope, Limit limit, long used) {

        private LimitShare plus(LimitShare other) {
            return new LimitShare(scope, limit, used + other.used);
        }

        /** Returns the used share of the limit, 0 to 1. */
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
     * @param window the window, if known
     * @param left how much of it may be used now, 0 or more; what all processes have left if their coordinator knows
     *     that, and this process's share while it is cut off
     * @param source how it is known; a {@link LimitSource#LEARNED} limit is a rate, expressed as an amount per window,
     *     or the actual amount of a limit declared too high
     * @param nextIn how long until more may be used, in nanoseconds, if none may now and it is known
     */
    public record LimitStatus(
            Scope scope,
            Limit.Unit unit,
            long amount,
            Optional<Duration> window,
            long left,
            LimitSource source,
            OptionalLong nextIn) {

        /** How a limit came to be known. */
        public enum LimitSource {
            /** From the configuration. */
            DECLARED,
            /** From the service's reports. */
            REPORTED,
            /** Neither: found from admitted and refused calls, and adjusted all the time. */
            LEARNED
        }
    }
}
