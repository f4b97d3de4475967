package dev.whippletree.testkit.strategy;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.strategy.InOrder;

class InOrderContractTest extends BalancingStrategyContract {

    @Override
    protected BalancingStrategy strategy() {
        return new InOrder();
    }

    @Override
    protected boolean respectsWeights() {
        return false;
    }

    @Override
    protected boolean spreads() {
        return false;
    }
}
