package dev.whippletree.strategy;

import java.util.Set;

/**
 * Chooses the target with the fewest attempts in flight relative to its weight. Random only in the first turn, with
 * {@link FirstTurn#SPREAD}.
 *
 * <p>A slow target keeps its attempts longer, so it has more in flight and gets fewer new ones: work goes where it
 * gets done, without any measuring. The assumption is that attempts in flight are a fair measure of load. It breaks
 * if a target fails fast: such a target is always idle and attracts the traffic until the engine cools it down.
 * With little traffic, nothing is ever in flight; then it works like round-robin, and a slow target gets its full
 * share.
 *
 * <p>Equally loaded targets take turns by weight. This is the method of nginx's {@code least_conn}
 * (ngx_http_upstream_least_conn_module, 1.3.1) and of Finagle's {@code LeastLoaded} metric.
 */
public final class LeastInFlight extends NamedStrategy {

    public LeastInFlight() {
        super(
                "least-in-flight",
                Set.of(FirstTurn.KEY),
                (settings, random) -> new LeastLoaded(new Turns(FirstTurn.of(settings), random), LoadMetric.IN_FLIGHT));
    }
}
