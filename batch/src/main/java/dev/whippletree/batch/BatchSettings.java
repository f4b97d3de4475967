package dev.whippletree.batch;

import dev.whippletree.Whippletree;
import dev.whippletree.time.Timeline;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A batch as its builder has collected it; without a timeline, each run has its own. Immutable. */
record BatchSettings(
        Whippletree whippletree,
        Journal journal,
        boolean conversations,
        long mostCharacters,
        StopRules rules,
        OptionalLong total,
        @Nullable DistinctPrompts distinct,
        @Nullable Timeline timeline,
        Consumer<BatchProgress> listener) {}
