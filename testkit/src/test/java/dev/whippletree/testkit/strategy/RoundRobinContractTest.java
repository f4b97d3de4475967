package dev.whippletree.testkit.strategy;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.strategy.RoundRobin;

class RoundRobinContractTest extends BalancingStrategyContract {

    @Override
    protected BalancingStrategy strategy() {
        return new RoundRobin();
    }

    @Override
    protected boolean respectsWeights() {
        return true;
    }
}
