package dev.whippletree.testkit.coordinator;

import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.Map;

/** The contract over a coordinator whose coordinations are made to break it, without much patience. */
abstract class BrokenContract extends CoordinatorContract {

    private final FakeCoordinator fake = new FakeCoordinator();

    /** Returns a coordination that hands all on to a right one but what it does wrong. */
    abstract Coordination breaking(Coordination coordination);

    @Override
    protected Coordinator coordinator() {
        return new ScriptedCoordinator(fake, this::breaking);
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

    @Override
    protected Duration longestWait() {
        return Duration.ofMillis(500);
    }
}
