package dev.whippletree.batch;

import dev.whippletree.Whippletree;
import dev.whippletree.time.Timeline;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a batch. Immutable.
 *
 * @param whippletree who answers
 * @param journal where results are written down
 * @param conversations whether items of one session follow each other
 * @param mostCharacters of prompts that are asked at once
 * @param rules when it ends before all is done
 * @param total the number of items, if known
 * @param distinct which prompts are different; null: that isn't known
 * @param timeline time and threads; null: each run has its own
 * @param listener is told how far it is
 */
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
