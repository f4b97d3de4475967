package dev.whippletree.planner;

import dev.whippletree.stress.interviews.InterviewPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The prompts of a file or a trace, asked as they are instead of questions that are drawn: which session asks which,
 * and how long each is. Equal prompts have the same number. Immutable.
 */
public final class PromptList {

    /** More than any model takes, and little enough for a text of that length. */
    static final int MOST_TOKENS = 2_000_000;

    /** Of prompts without a bound of their own. */
    private static final int UNBOUNDED = 0;

    private final int[][] sessions;
    private final int[] tokens;
    private final int[] bounds;

    /** Those of a trace that follow each other, in the order of the sessions; empty: the prompts have no times. */
    private final List<List<RecordedPrompt>> conversations;

    private PromptList(Builder builder, List<List<RecordedPrompt>> conversations) {
        if (builder.sessions.isEmpty()) {
            throw new IllegalArgumentException("there are no prompts to plan");
        }
        this.conversations = conversations;
        this.sessions = builder.sessions.stream()
                .map(asked -> asked.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
        this.tokens = builder.tokens.stream().mapToInt(Integer::intValue).toArray();
        this.bounds = builder.bounds.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Collects prompts. Confined to one thread. */
    public static final class Builder {

        private final List<List<Integer>> sessions = new ArrayList<>();
        private final Map<String, List<Integer>> byName = new HashMap<>();
        private final Map<Long, Integer> numbers = new HashMap<>();
        private final List<Integer> tokens = new ArrayList<>();
        private final List<Integer> bounds = new ArrayList<>();

        public Builder() {}

        /**
         * Adds a prompt.
         *
         * @param session the conversation that asks it after its earlier prompts; empty: it is asked at once
         * @param key the same for equal prompts, and different for others
         * @param length how many tokens it has, 1 or more, of which 2,000,000 count; that of the first equal prompt
         *     counts
         * @param bound its own bound on the answer, 1 or more tokens
         */
        public Builder add(Optional<String> session, long key, int length, OptionalInt bound) {
            int number = numbers.computeIfAbsent(key, unknown -> tokens.size());
            if (number == tokens.size()) {
                tokens.add(Math.min(length, MOST_TOKENS));
                bounds.add(bound.orElse(UNBOUNDED));
            }
            session.map(name -> byName.computeIfAbsent(name, unknown -> newSession()))
                    .orElseGet(this::newSession)
                    .add(number);
            return this;
        }

        private List<Integer> newSession() {
            List<Integer> asked = new ArrayList<>(1);
            sessions.add(asked);
            return asked;
        }

        /**
         * Returns the list.
         *
         * @throws IllegalArgumentException if there is no prompt
         */
        public PromptList build() {
            return new PromptList(this, List.of());
        }
    }

    /**
     * Returns the prompts of a trace, which come when they came. One of a session follows the one before it, if that
     * was answered by then; else it begins a conversation of its own.
     *
     * @param trace in order of time
     * @throws IllegalArgumentException if there is no prompt
     */
    public static PromptList of(List<RecordedPrompt> trace) {
        Builder builder = new Builder();
        List<List<RecordedPrompt>> conversations = new ArrayList<>();
        Map<List<String>, Integer> latest = new HashMap<>();
        for (RecordedPrompt prompt : trace) {
            List<String> asker = List.of(prompt.client(), prompt.session().orElse(""));
            int number = latest.getOrDefault(asker, conversations.size());
            if (number == conversations.size() || !follows(prompt, conversations.get(number))) {
                number = conversations.size();
                conversations.add(new ArrayList<>(1));
                latest.put(asker, number);
            }
            conversations.get(number).add(prompt);
            builder.add(Optional.of("" + number), prompt.key(), prompt.tokens(), prompt.bound());
        }
        return new PromptList(builder, conversations);
    }

    private static boolean follows(RecordedPrompt prompt, List<RecordedPrompt> conversation) {
        return prompt.session().isPresent()
                && conversation.size() < Workload.MOST_QUESTIONS
                && prompt.isAfter(conversation.get(conversation.size() - 1));
    }

    private Stream<RecordedPrompt> trace() {
        return conversations.stream().flatMap(List::stream);
    }

    /** Returns when the first prompt of a trace came; empty: they are those of a file, without times. */
    public Optional<Instant> start() {
        return trace().map(RecordedPrompt::at).findFirst();
    }

    /** Returns the time from the first prompt to the last; zero if they have no times. */
    public Duration span() {
        return trace().map(this::afterStart).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
    }

    private Duration afterStart(RecordedPrompt prompt) {
        return Duration.between(start().orElseThrow(), prompt.at());
    }

    /**
     * Returns how many tokens the answers of a trace had on average, at least as many as emulated ones have.
     *
     * @param usual for a trace without answers, and for a file
     */
    public int answerTokens(int usual) {
        double mean = trace().flatMapToInt(prompt -> prompt.answer().stream())
                .average()
                .orElse(usual);
        return (int) Math.max(Workload.LEAST_ANSWER, Math.round(mean));
    }

    /** Returns a plan of these prompts with the times and askers of the trace, if it is one. */
    InterviewPlan timed(InterviewPlan plan) {
        if (conversations.isEmpty()) {
            return plan;
        }
        long[][] times = conversations.stream()
                .map(asked -> asked.stream()
                        .mapToLong(prompt -> afterStart(prompt).toNanos())
                        .toArray())
                .toArray(long[][]::new);
        return plan.withTimes(times, (prompt, conversation) -> {
            RecordedPrompt first = conversations.get(conversation).get(0);
            prompt.tenant(first.client());
            first.session().ifPresent(prompt::session);
        });
    }

    /** Returns how many sessions there are; a prompt without a session is one. */
    public int sessions() {
        return sessions.length;
    }

    public int prompts() {
        return Arrays.stream(sessions).mapToInt(asked -> asked.length).sum();
    }

    public int distinct() {
        return tokens.length;
    }

    /** Returns how many prompts the longest session asks one after the other. */
    public int longest() {
        return Arrays.stream(sessions).mapToInt(asked -> asked.length).max().orElseThrow();
    }

    /** Returns the share of prompts that repeat another, 0 to 1: what caches and equal prompts answer. */
    public double repeat() {
        return 1 - (double) distinct() / prompts();
    }

    /** Returns how many tokens a call has on average: a prompt that repeats another needs none. */
    public int meanTokens() {
        return mean(Arrays.stream(tokens));
    }

    public int mostTokens() {
        return Arrays.stream(tokens).max().orElseThrow();
    }

    /** Returns the numbers of the prompts that each session asks, in order. */
    int[][] questions() {
        return sessions.clone();
    }

    int tokens(int question) {
        return tokens[question];
    }

    OptionalInt bound(int question) {
        return bounds[question] == UNBOUNDED ? OptionalInt.empty() : OptionalInt.of(bounds[question]);
    }

    /** Returns the mean bound of a call's answer, where that of prompts without one is given. */
    int meanBound(int usual) {
        return mean(Arrays.stream(bounds).map(bound -> bound == UNBOUNDED ? usual : bound));
    }

    /** Returns the mean length of a call's answer, where that of unbounded ones is given. */
    int meanAnswer(int usual) {
        return mean(Arrays.stream(bounds).map(bound -> bound == UNBOUNDED ? usual : Math.min(bound, usual)));
    }

    private static int mean(IntStream values) {
        return (int) Math.round(values.average().orElseThrow());
    }
}
