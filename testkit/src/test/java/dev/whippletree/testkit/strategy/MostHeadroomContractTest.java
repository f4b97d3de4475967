package dev.whippletree.testkit.strategy;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.strategy.MostHeadroom;

class MostHeadroomContractTest extends BalancingStrategyContract {

    @Override
    protected BalancingStrategy strategy() {
        return new MostHeadroom();
    }

    @Override
    protected boolean respectsWeights() {
        return true;
    }
}
