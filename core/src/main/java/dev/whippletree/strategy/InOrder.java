package dev.whippletree.strategy;

import java.util.Set;

/**
 * Chooses the first ready target, in the order of the configuration. Ignores weights and makes no random choice.
 *
 * <p>For targets to be used up one after the other: for example, the prepaid account before the one that costs per
 * call. It balances nothing: the first target works until its concurrency or a limit is reached, and the second gets
 * only the rest. Unlike in a further tier, the second is used at once, without {@code patience}. It breaks if the first
 * is slow or often fails: every prompt meets it first, until it cools down.
 *
 * <p>HAProxy calls this algorithm {@code first} (HAProxy Configuration Manual, {@code balance}).
 */
public final class InOrder extends NamedStrategy {

    public InOrder() {
        super("in-order", Set.of(), (settings, random) -> (ready, nowNanos) -> 0);
    }
}
