package dev.whippletree.testkit.coordinator;

import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.Map;

/** The contract over processes that are objects of one JVM, and miss dead ones soon. */
abstract class FakeContract extends CoordinatorContract {

    private final FakeCoordinator fake = new FakeCoordinator();

    @Override
    protected Coordinator coordinator() {
        return fake;
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
        fake.cutOff(!reachable);
        return true;
    }
}
