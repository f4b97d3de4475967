package dev.whippletree.testkit.strategy;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.strategy.RoundRobin;
import dev.whippletree.testkit.Transcript;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.RegisterExtension;

class RoundRobinContractTest extends BalancingStrategyContract {

    @RegisterExtension
    static final Transcript TRANSCRIPT = new Transcript("strategy-contract", UnaryOperator.identity());

    @Override
    protected BalancingStrategy strategy() {
        return new RoundRobin();
    }

    @Override
    protected boolean respectsWeights() {
        return true;
    }
}
