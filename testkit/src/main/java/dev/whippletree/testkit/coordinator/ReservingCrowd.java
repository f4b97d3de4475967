package dev.whippletree.testkit.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.testkit.Stages;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Processes that reserve, settle and release at random, and count what they hold at least: more when it has been granted, less
 * before they give it back. Thread-safe.
 */
final class ReservingCrowd {

    private static final int RESERVES = 200;
    private static final int MOST_TOKENS = 60;

    /** So much that a part of the reservations finds no room. */
    private static final Limit TOKENS = Limit.tokens(6_000, CoordinatorBench.HOUR);

    /** Enough for all. */
    private static final Limit REQUESTS = Limit.requests(1_000, CoordinatorBench.HOUR);

    private final long seed;
    private final Stages stages;
    private final AtomicLong users = new AtomicLong();
    private final AtomicLong held = new AtomicLong();

    ReservingCrowd(long seed, Stages stages) {
        this.seed = seed;
        this.stages = stages;
    }

    LimitUse tokens(long amount) {
        return new LimitUse(CoordinatorBench.MODEL, "crowd-tokens", TOKENS, amount);
    }

    LimitUse requests(long amount) {
        return new LimitUse(CoordinatorBench.ORGANIZATION, "crowd-requests", REQUESTS, amount);
    }

    /** Returns a use of all that is left, once nobody reserves any more. */
    LimitUse tokensLeft() {
        return tokens(TOKENS.amount() - held.get());
    }

    boolean useOften(Coordination process) {
        SplittableRandom random = new SplittableRandom(seed * 31 + users.getAndIncrement());
        for (int n = 0; n < RESERVES; n++) {
            long amount = 1 + random.nextInt(MOST_TOKENS);
            if (stages.join(process.reserve(List.of(requests(1), tokens(amount))), "one of many reservations")
                    instanceof Grant.Granted granted) {
                assertThat(held.addAndGet(amount))
                        .as("seed %d: tokens held by four processes together", seed)
                        .isLessThanOrEqualTo(TOKENS.amount());
                end(process, granted.id(), amount, random);
            }
        }
        return true;
    }

    private void end(Coordination process, String grant, long amount, SplittableRandom random) {
        int way = random.nextInt(4);
        if (way == 0) {
            process.settle(grant, Optional.empty(), Duration.ZERO);
            return;
        }
        long actual = way == 1 ? random.nextLong(amount) : 0;
        held.addAndGet(actual - amount);
        if (way == 1) {
            process.settle(grant, Optional.of(new TokenCount(actual, 0)), Duration.ZERO);
        } else {
            process.release(grant);
        }
    }
}
