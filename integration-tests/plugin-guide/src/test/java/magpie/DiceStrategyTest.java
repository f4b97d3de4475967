package magpie;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.testkit.strategy.BalancingStrategyContract;

final class DiceStrategyTest extends BalancingStrategyContract {

    @Override
    protected BalancingStrategy strategy() {
        return new DiceStrategy();
    }

    @Override
    protected boolean respectsWeights() {
        return true;
    }
}
