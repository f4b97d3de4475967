package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.model.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Everything that makes one simulated run, drawn from a seed.
 *
 * @param seed of the run
 * @param kind which service
 * @param organizations the organization of each account, by number
 * @param limits of every organization
 * @param counting how the service counts them
 * @param declared whether the user declared the limits, or they have to be learned
 * @param concurrency attempts at once on an account
 * @param latency mean time of an answer
 * @param link between the accounts and the service
 * @param faults what goes wrong
 * @param prompts how many
 * @param distinct how many different ones
 * @param over in what time they arrive
 * @param deadline of a third of them
 * @param cancelled the share of callers who give up
 * @param cached whether there is a cache
 * @param tiers whether the last account is a fallback for the others
 */
record Scenario(
        long seed,
        ServiceKind kind,
        List<Integer> organizations,
        List<Limit> limits,
        Counting counting,
        boolean declared,
        int concurrency,
        Duration latency,
        Link link,
        FaultScript faults,
        int prompts,
        int distinct,
        Duration over,
        Optional<Duration> deadline,
        double cancelled,
        boolean cached,
        boolean tiers) {

    private static final FaultKind[] TRANSIENT = {
        FaultKind.UNAVAILABLE, FaultKind.SERVER_ERROR, FaultKind.RESET, FaultKind.CUT, FaultKind.MALFORMED
    };

    /** Draws a scenario in which nothing goes wrong: limits only. */
    static Scenario calm(long seed) {
        return draw(seed, false);
    }

    /** Draws a scenario in which calls fail and callers give up. */
    static Scenario rough(long seed) {
        return draw(seed, true);
    }

    private static Scenario draw(long seed, boolean rough) {
        SplittableRandom random = new SplittableRandom(seed);
        int accounts = 1 + random.nextInt(4);
        List<Integer> organizations = new ArrayList<>();
        for (int account = 0; account < accounts; account++) {
            organizations.add(random.nextInt(4) == 0 ? 0 : account);
        }
        boolean declared = random.nextInt(3) > 0;
        ServiceKind kind = declared ? ServiceKind.HUGGING_FACE : ServiceKind.OPENAI;
        int prompts = 5 + random.nextInt(150);
        return new Scenario(
                seed,
                kind,
                organizations,
                limits(random, declared),
                declared ? Counting.values()[random.nextInt(3)] : Counting.FIXED,
                declared,
                1 + random.nextInt(60),
                Duration.ofMillis(10 + random.nextInt(3_000)),
                new Link(
                        Duration.ofMillis(random.nextInt(5)),
                        Duration.ofMillis(5 + random.nextInt(200)),
                        rough ? 0.01 : 0),
                rough ? faults(random) : FaultScript.NONE,
                prompts,
                1 + random.nextInt(prompts),
                Duration.ofMillis(1 + random.nextInt(20_000)),
                random.nextBoolean() ? Optional.of(Duration.ofSeconds(1 + random.nextInt(60))) : Optional.empty(),
                rough ? 0.2 : 0,
                random.nextBoolean(),
                accounts > 1 && random.nextInt(3) == 0);
    }

    private static List<Limit> limits(SplittableRandom random, boolean declared) {
        List<Limit> limits = new ArrayList<>();
        limits.add(Limit.requests(1 + random.nextInt(40), Duration.ofSeconds(5 + random.nextInt(55))));
        if (declared && random.nextBoolean()) {
            limits.add(Limit.requests(20 + random.nextInt(200), Duration.ofMinutes(2 + random.nextInt(10))));
        }
        if (declared && random.nextInt(3) == 0) {
            limits.add(Limit.tokens(2_000 + random.nextInt(8_000), Duration.ofSeconds(30 + random.nextInt(60))));
        }
        return limits;
    }

    private static FaultScript faults(SplittableRandom random) {
        FaultRule now = FaultRule.always(TRANSIENT[random.nextInt(TRANSIENT.length)]);
        Duration from = Duration.ofMillis(random.nextInt(10_000));
        return FaultScript.of(
                now.forShare(0.01 + random.nextDouble() * 0.1),
                FaultRule.always(FaultKind.UNAVAILABLE)
                        .forAccount("account-0")
                        .during(from, from.plusMillis(1 + random.nextInt(40_000))));
    }
}
