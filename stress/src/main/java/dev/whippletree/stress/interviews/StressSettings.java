package dev.whippletree.stress.interviews;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.model.Limit;
import java.time.Duration;

/**
 * The settings of a stress run over emulated accounts. Immutable.
 *
 * @param interviews the interviews
 * @param accounts the number of emulated accounts, each an organization of its own, 1 or more
 * @param limit the limit of each account, in any sliding window
 * @param latency how long answers take
 * @param faults the scripted faults; accounts are called {@code account-1}, {@code account-2}, …
 * @param maxConcurrency the maximum of concurrent calls on each account
 * @param transit the longest time a request takes to arrive, as declared to the library
 */
public record StressSettings(
        Interviews interviews,
        int accounts,
        Limit limit,
        Latency latency,
        FaultScript faults,
        int maxConcurrency,
        Duration transit) {

    /** The main case: two accounts of 1,000 requests an hour, answers take a second, nothing fails. */
    public static final StressSettings STANDARD = new StressSettings(
            Interviews.STANDARD,
            2,
            Limit.requests(1000, Duration.ofHours(1)),
            Latency.constant(Duration.ofSeconds(1)),
            FaultScript.NONE,
            250,
            Duration.ofSeconds(1));

    /** The tight case: two accounts of 200 requests per 10 seconds, of which one answers 503 from 5 s to 40 s. */
    public static final StressSettings TIGHT = STANDARD.withLimit(Limit.requests(200, Duration.ofSeconds(10)))
            .withFaults(FaultScript.of(FaultRule.parse("503@5s-40s:account-1")));

    public StressSettings {
        if (accounts < 1 || maxConcurrency < 1) {
            throw new IllegalArgumentException("there are 1 or more accounts with 1 or more calls under way, not "
                    + accounts + " and " + maxConcurrency);
        }
    }

    public StressSettings withInterviews(Interviews interviews) {
        return new StressSettings(interviews, accounts, limit, latency, faults, maxConcurrency, transit);
    }

    public StressSettings withAccounts(int accounts) {
        return new StressSettings(interviews, accounts, limit, latency, faults, maxConcurrency, transit);
    }

    public StressSettings withLimit(Limit limit) {
        return new StressSettings(interviews, accounts, limit, latency, faults, maxConcurrency, transit);
    }

    public StressSettings withLatency(Latency latency) {
        return new StressSettings(interviews, accounts, limit, latency, faults, maxConcurrency, transit);
    }

    public StressSettings withFaults(FaultScript faults) {
        return new StressSettings(interviews, accounts, limit, latency, faults, maxConcurrency, transit);
    }

    public StressSettings withMaxConcurrency(int maxConcurrency) {
        return new StressSettings(interviews, accounts, limit, latency, faults, maxConcurrency, transit);
    }

    public boolean faultless() {
        return faults.rules().isEmpty();
    }

    /** Returns the id of an account, counted from 1. */
    static String accountId(int number) {
        return "account-" + number;
    }
}
