package dev.whippletree.testkit.coordinator;

import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.Coordinator;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The contract over a coordinator whose coordinations break it, without much patience. */
class BrokenContract extends FakeContract {

    /** What is wrong with the coordinations of the thread's next contract. */
    static final ThreadLocal<Supplier<Consumer<Changed>>> FAULT = ThreadLocal.withInitial(() -> () -> right -> {});

    private final Consumer<Changed> fault = FAULT.get().get();

    @Override
    protected Coordinator coordinator() {
        return new ScriptedCoordinator(super.coordinator(), this::broken);
    }

    private Coordination broken(Coordination right) {
        Changed changed = new Changed(right);
        fault.accept(changed);
        return changed;
    }

    @Override
    protected Duration longestWait() {
        return Duration.ofMillis(500);
    }
}
