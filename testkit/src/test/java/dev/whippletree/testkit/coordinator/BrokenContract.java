package dev.whippletree.testkit.coordinator;

import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import java.time.Duration;

/** The contract over a coordinator whose coordinations are made to break it, without much patience. */
abstract class BrokenContract extends FakeContract {

    /** Returns a coordination that hands all on to a right one but what it does wrong. */
    abstract Coordination breaking(Coordination coordination);

    @Override
    protected Coordinator coordinator() {
        return new ScriptedCoordinator(super.coordinator(), this::breaking);
    }

    @Override
    protected Duration longestWait() {
        return Duration.ofMillis(500);
    }
}
