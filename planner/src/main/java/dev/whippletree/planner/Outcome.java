package dev.whippletree.planner;

import dev.whippletree.model.TokenUsage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;

/**
 * The result of one size with one pool. Immutable.
 *
 * @param verdict whether it holds
 * @param simulated whether the production engine ran it; otherwise arithmetic alone decided it, and values that only a
 *     run can tell are absent or empty: {@code took}, {@code waited}, {@code total}, {@code timeline}
 * @param reason the reason for the verdict, a sentence; of one that depends, why it would be no
 * @param load calls that are needed, by the calls that all accounts together allow within the horizon: 0.85 for 85 %,
 *     above 1 if they can't be enough; what the verdict goes by. 0 if nothing is limited, infinite if no call is
 *     allowed
 * @param prompts how many prompts there are in all
 * @param answered how many were answered within the horizon
 * @param failed how many ended without an answer
 * @param distinct how many different questions there are
 * @param calls calls made on accounts, including refused ones
 * @param fromCache prompts answered from the cache
 * @param joined prompts answered by a call that an equal prompt had caused
 * @param refused calls that a service refused
 * @param took how long callers waited for their answers, the answer's own latency included; prompts that were asked and
 *     not answered count with the time until the horizon
 * @param waited the part of it spent waiting for room: the delay that limits add
 * @param total from the start to the last answer
 * @param accounts each account, in the pool's order
 * @param limits each limit of each organization, in the pool's order
 * @param binding the main bottleneck
 * @param tokens what the services counted, by service and model
 * @param credits each organization's credit
 * @param timeline minute by minute, up to the last one in which anything happened or somebody waited
 * @param seconds the same second by second, of a run of three minutes at most; of a longer one empty
 * @param otherwise what comes of it if services count in another way than all else here supposes; present if the
 *     verdict is {@link Verdict#DEPENDS}
 */
public record Outcome(
        Verdict verdict,
        boolean simulated,
        String reason,
        double load,
        long prompts,
        long answered,
        long failed,
        long distinct,
        long calls,
        long fromCache,
        long joined,
        long refused,
        Optional<Times> took,
        Optional<Times> waited,
        Optional<Duration> total,
        List<AccountUse> accounts,
        List<LimitUse> limits,
        Binding binding,
        List<Tokens> tokens,
        List<CreditUse> credits,
        List<Minute> timeline,
        List<Minute> seconds,
        Optional<Otherwise> otherwise) {

    public Outcome {
        accounts = List.copyOf(accounts);
        limits = List.copyOf(limits);
        tokens = List.copyOf(tokens);
        credits = List.copyOf(credits);
        timeline = List.copyOf(timeline);
        seconds = List.copyOf(seconds);
    }

    /**
     * The result if services count in another way.
     *
     * @param gradually what they would do then: {@code groq's 1000 requests / 1d refill gradually}
     * @param byWindow what all else supposes of the same limits: {@code they are counted by the day}
     * @param outcome what comes of it if they refill gradually
     */
    public record Otherwise(String gradually, String byWindow, Outcome outcome) {}

    /** Returns how many prompts weren't answered in time, whatever the cause. */
    public long unanswered() {
        return prompts - answered;
    }

    /** Returns the share of answers that needed no call of their own, 0 to 1; 0 if there are none. */
    public double hitRate() {
        return answered == 0 ? 0 : (double) (fromCache + joined) / answered;
    }

    /**
     * A summary of times.
     *
     * @param p50 half of them aren't longer
     * @param p95 19 in 20 aren't longer
     * @param worst the longest
     */
    public record Times(Duration p50, Duration p95, Duration worst) {

        /** Returns the summary of some nanoseconds; zeros if there are none. */
        static Times of(LongStream nanos) {
            long[] sorted = nanos.sorted().toArray();
            return new Times(at(sorted, 0.5), at(sorted, 0.95), at(sorted, 1));
        }

        private static Duration at(long[] sorted, double share) {
            return sorted.length == 0
                    ? Duration.ZERO
                    : Duration.ofNanos(sorted[(int) Math.ceil(share * sorted.length) - 1]);
        }
    }

    /**
     * One account.
     *
     * @param id its id
     * @param service the provider's name
     * @param organization whose limits it shares
     * @param calls calls made on it
     * @param share the largest share of any of its organization's limits, as {@link LimitUse#share}
     */
    public record AccountUse(String id, String service, String organization, long calls, double share) {}

    /**
     * One limit of one organization.
     *
     * @param organization whose
     * @param limit as it is written: {@code 1000 requests / 1h}
     * @param used how much of it was used within the horizon, as the service counts
     * @param allowed how much it allows within the horizon
     * @param fullestShare how full its fullest window was, 0 to 1; more for a bucket, which refills while it is emptied
     */
    public record LimitUse(String organization, String limit, long used, long allowed, double fullestShare) {

        /**
         * Returns the share of it that is used over the horizon: 0.85 for 85 %; above 1 if more is needed than there
         * is.
         */
        public double share() {
            return (double) used / allowed;
        }
    }

    public enum Cause {
        /** Nothing but the answers' own latency. */
        NOTHING,
        LIMIT,
        /** Too few calls at once. */
        CONCURRENCY,
        /** A credit that runs out. */
        CREDIT,
        /** A waiting line that is full, or calls that fail. */
        FAILURES
    }

    /** What holds prompts back most: {@code 30 requests / 1m of groq-1}. */
    public record Binding(Cause cause, String text) {}

    /** Tokens that one service's accounts used of one model, by the service's own name of it. */
    public record Tokens(String service, String model, TokenUsage used) {}

    /**
     * What becomes of one organization's credit.
     *
     * @param organization whose
     * @param credit as it is written: {@code 0.10 usd / month}
     * @param share the share of it that is used, 0 to 1; absent if no price is known
     * @param runsOutInMinute the minute, from 1, in which it runs out; absent if it lasts, or if no price is known
     */
    public record CreditUse(String organization, String credit, Optional<Double> share, OptionalInt runsOutInMinute) {}

    /**
     * One minute.
     *
     * @param number which, from 1
     * @param asked prompts that were asked in it
     * @param answered prompts that were answered in it, of whatever source
     * @param fromCache those of them answered from the cache
     * @param joined those of them answered by a call that an equal prompt had caused
     * @param calls calls that were made in it
     * @param callsByAccount the same for each of {@link Outcome#accounts}, in that order
     * @param limitShares how full each of {@link Outcome#limits} was at its end, in that order: what was used in the
     *     window that ends with this minute (in the minute, if the window is shorter), by what that allows
     * @param open prompts that were asked and not answered at its end
     * @param p95Waited what 19 in 20 didn't wait longer for room: of the prompts answered in it, and of those never
     *     answered, which count with the time until its end
     * @param worstWaited the longest any of them waited for room
     */
    public record Minute(
            int number,
            long asked,
            long answered,
            long fromCache,
            long joined,
            long calls,
            List<Long> callsByAccount,
            List<Double> limitShares,
            long open,
            Duration p95Waited,
            Duration worstWaited) {

        public Minute {
            callsByAccount = List.copyOf(callsByAccount);
            limitShares = List.copyOf(limitShares);
        }

        /** Returns the share of its answers that needed no call of their own, 0 to 1; 0 if there are none. */
        public double hitRate() {
            return answered == 0 ? 0 : (double) (fromCache + joined) / answered;
        }
    }
}
