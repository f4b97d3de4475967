package dev.whippletree.testkit.strategy;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.strategy.LeastInFlight;

class LeastInFlightContractTest extends BalancingStrategyContract {

    @Override
    protected BalancingStrategy strategy() {
        return new LeastInFlight();
    }

    @Override
    protected boolean respectsWeights() {
        return true;
    }
}
