package dev.whippletree.testkit.strategy;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.strategy.PeakEwma;

class PeakEwmaContractTest extends BalancingStrategyContract {

    @Override
    protected BalancingStrategy strategy() {
        return new PeakEwma();
    }

    /** Shares follow weights only roughly: the heaviest of three is in two of three pairs at most. */
    @Override
    protected boolean respectsWeights() {
        return false;
    }
}
