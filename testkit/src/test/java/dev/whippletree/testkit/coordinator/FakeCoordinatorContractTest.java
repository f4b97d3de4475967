package dev.whippletree.testkit.coordinator;

import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.Map;

class FakeCoordinatorContractTest extends CoordinatorContract {

    private final FakeCoordinator coordinator = new FakeCoordinator();

    @Override
    protected Coordinator coordinator() {
        return coordinator;
    }

    @Override
    protected Settings settings() {
        return new Settings("coordinator fake", Map.of("claim-lease", "50ms", "answer-within", "10s"));
    }

    @Override
    protected Duration claimLease() {
        return Duration.ofMillis(50);
    }

    @Override
    protected boolean setReachable(boolean reachable) {
        coordinator.cutOff(!reachable);
        return true;
    }
}
