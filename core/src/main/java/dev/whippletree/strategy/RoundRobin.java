package dev.whippletree.strategy;

import java.util.Set;

/**
 * Chooses the targets in turn, each as often as its weight says, with the turns of a heavy target spread out. Random
 * only with {@link FirstTurn#SPREAD}: in the first turn, and between targets of equal credit.
 *
 * <p>This is nginx's smooth weighted round-robin ({@code ngx_http_upstream_round_robin.c}, 1.3.1): at each pick, every
 * ready target is credited its weight; the one with the most credit is chosen and pays the sum. It assumes that answers
 * cost about the same on each target; otherwise, a strategy that looks at attempts in flight does better.
 *
 * <p>While the same targets are ready, none is ever a whole pick ahead of its share, and after each cycle (as many
 * picks as the sum of weights) each has had exactly its share. Credits are kept by the target's id, because the ready
 * list changes from pick to pick. A target that isn't ready earns nothing, so it isn't flooded when it comes back.
 */
public final class RoundRobin extends NamedStrategy {

    public RoundRobin() {
        super("round-robin", Set.of(FirstTurn.KEY), (settings, random) -> new Turns(FirstTurn.of(settings), random));
    }
}
