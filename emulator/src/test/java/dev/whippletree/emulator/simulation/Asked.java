package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.Priority;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What has become of a prompt so far. Confined to one run. */
final class Asked {

    static final long NEVER = Long.MAX_VALUE;

    final Ask ask;
    final String key;
    final long atNanos;

    /** When it has to have ended, by its own deadline or its route's. */
    final OptionalLong deadlineNanos;

    /** Whether its flight is its own: it neither joined another's nor found a stored answer. */
    boolean opener;

    /** Whether somebody more urgent joined its flight, which changed its turn. */
    boolean hurried;

    /** How much a service would count for it at most. */
    long tokens;

    /** When its flight's first call was made. */
    long firstCallNanos = NEVER;

    /** Whether a stale connection has brought it back to the line: another one is a failure. */
    boolean sentBack;

    /** When it ended. */
    long endedNanos = NEVER;

    /** Whose flight it joined; its own, if it opened one. */
    Asked flight = this;

    /** How many still wait for its flight. */
    int callers;

    int endings;
    final List<Failed> failures = new ArrayList<>();
    final Map<String, Integer> firstCallsOfOthers = new HashMap<>();
    final Map<String, Integer> firstCallsOfTenants = new HashMap<>();
    int aheadInItsQueue;

    @Nullable CompletableFuture<Completion> answer;

    /** Who watches the answer come, if somebody does. */
    @Nullable Listening caller;

    /**
     * A call that failed.
     *
     * @param target where
     * @param failure how
     * @param nanos when
     * @param counts whether it counts as an attempt: those do not that may come of the same outage as the one before
     * @param row how many calls of its organization had ended before without a limit: refusals with as many are in a
     *     row
     */
    record Failed(String target, Failure failure, long nanos, boolean counts, long row) {}

    Asked(Ask ask, long atNanos, OptionalLong deadlineNanos) {
        this.ask = ask;
        this.key = ask.key();
        this.atNanos = atNanos;
        this.deadlineNanos = deadlineNanos;
    }

    boolean hasEnded() {
        return endedNanos != NEVER;
    }

    /** Whether its caller was told part of an answer. */
    boolean wasTold() {
        return caller != null && caller.wasTold();
    }

    /** Whether its flight is in the waiting line and has never been out of it. */
    boolean isFresh() {
        return opener && !hasEnded() && firstCallNanos == NEVER;
    }

    boolean isBatch() {
        return ask.prompt().priority() == Priority.BATCH;
    }

    String tenant() {
        return ask.prompt().tenant();
    }

    /** What turns of the waiting line are charged to within a tenant. */
    String queue() {
        return ask.prompt().tenant() + "|" + ask.prompt().session().orElse("") + "|"
                + ask.prompt().priority();
    }
}
