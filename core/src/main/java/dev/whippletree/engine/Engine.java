package dev.whippletree.engine;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Under construction: the signatures others compile against. */
public final class Engine {

    public Engine(Timeline timeline, Topology topology, EngineSettings settings, List<EngineListener> listeners) {}

    public CompletableFuture<Completion> complete(Prompt prompt) {
        throw new UnsupportedOperationException();
    }

    public StatusSnapshot status() {
        throw new UnsupportedOperationException();
    }

    public CompletableFuture<Long> clearCaches(Optional<String> tenant) {
        throw new UnsupportedOperationException();
    }

    public CompletableFuture<Void> close(Duration grace) {
        throw new UnsupportedOperationException();
    }
}
