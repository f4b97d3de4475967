package dev.whippletree.comparison;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What is to be measured. One seed for all; then the other seeds for Whippletree's rows and the best of the others, by
 * this rule: those with the highest share of right answers, as the mean of all cases of the first seed; among equals,
 * who took less time over the bound. Immutable.
 *
 * @param known all contenders
 * @param wanted whether a contender's name is wanted
 * @param cases the names of the cases that are wanted
 * @param faults whether faults are wanted
 * @param pairs whether two contenders may be measured at a time
 * @param givenUp the pieces that failed too often, as {@link Work#pieces} calls them: they count as no right answer
 */
record Plan(
        List<Entry> known,
        Predicate<String> wanted,
        List<String> cases,
        boolean faults,
        int seeds,
        boolean pairs,
        Set<String> givenUp) {

    static final int SEEDS = 3;

    /** How many of the others are measured by all seeds. */
    static final int BEST = 6;

    /** Who takes a larger share of the processors in this case, of 100 calls a second, is measured alone everywhere. */
    private static final String PAIRING_CASE = "faults";

    private static final double PAIRING_SHARE = 0.25;

    Plan {
        known = List.copyOf(known);
        cases = List.copyOf(cases);
        givenUp = Set.copyOf(givenUp);
    }

    Plan(List<Entry> known, Predicate<String> wanted, List<String> cases, boolean faults, int seeds, boolean pairs) {
        this(known, wanted, cases, faults, seeds, pairs, Set.of());
    }

    Plan givingUp(Set<String> pieces) {
        return new Plan(known, wanted, cases, faults, seeds, pairs, pieces);
    }

    /** Returns all that is left, in the order in which to measure it. What depends on later results is missing. */
    List<Work> left(Results results) {
        List<Work> left = new ArrayList<>();
        for (long seed = 1; seed <= seeds; seed++) {
            List<Entry> entries = entries(results, seed);
            for (Case of : inOrder(seed)) {
                List<Entry> missing = entries.stream()
                        .filter(entry -> wanted.test(entry.name()) && !isDone(entry, of, results))
                        .toList();
                left.addAll(inPairs(of, missing, results));
            }
        }
        if (faults) {
            known.stream()
                    .filter(entry -> wanted.test(entry.name()))
                    .flatMap(entry -> Stream.of(false, true).map(streamed -> new Work.Faults(entry, streamed)))
                    .filter(work -> results.faults().stream()
                            .noneMatch(each ->
                                    each.contender().equals(work.contender().name())
                                            && each.streamed() == work.streamed()))
                    .filter(work -> !givenUp.containsAll(work.pieces()))
                    .forEach(left::add);
        }
        return left;
    }

    private boolean isDone(Entry entry, Case of, Results results) {
        return results.of(entry.name(), of.name(), of.seed()).isPresent()
                || givenUp.contains(Work.piece(entry.name(), of));
    }

    /** The case that decides who may be paired comes first. */
    private List<Case> inOrder(long seed) {
        return Cases.all(seed).stream()
                .filter(of -> cases.contains(of.name()))
                .sorted(Comparator.comparing((Case of) -> !of.name().equals(PAIRING_CASE)))
                .toList();
    }

    private List<Entry> entries(Results results, long seed) {
        if (seed == 1) {
            return known;
        }
        List<String> best = best(results);
        return known.stream().filter(entry -> best.contains(entry.name())).toList();
    }

    /** Returns who is measured by all seeds: nobody before the first seed is complete. */
    List<String> best(Results results) {
        boolean complete =
                known.stream().allMatch(entry -> Cases.all(1).stream().allMatch(of -> isDone(entry, of, results)));
        if (!complete) {
            return List.of();
        }
        return Stream.concat(
                        known.stream().map(Entry::name).filter(Plan::isOurs),
                        known.stream()
                                .map(Entry::name)
                                .filter(name -> !isOurs(name))
                                .sorted(new Scores(results).bestFirst())
                                .limit(BEST))
                .toList();
    }

    static boolean isOurs(String name) {
        return name.startsWith("whippletree");
    }

    private List<Work> inPairs(Case of, List<Entry> missing, Results results) {
        List<Work> work = new ArrayList<>();
        Optional<Entry> waiting = Optional.empty();
        boolean mayBePairs = pairs && of.isQuota();
        for (Entry entry : missing) {
            if (!mayBePairs || !isLight(entry.name(), results)) {
                work.add(new Work.Ask(of, List.of(entry)));
            } else if (waiting.isPresent()) {
                work.add(new Work.Ask(of, List.of(waiting.get(), entry)));
                waiting = Optional.empty();
            } else {
                waiting = Optional.of(entry);
            }
        }
        waiting.ifPresent(entry -> work.add(new Work.Ask(of, List.of(entry))));
        return work;
    }

    private static boolean isLight(String name, Results results) {
        return results.of(name, PAIRING_CASE, 1).filter(Plan::isLight).isPresent();
    }

    /** Returns whether it left its partner enough of the processors. */
    static boolean isLight(Results.Answered run) {
        return run.took().processorSeconds()
                < PAIRING_SHARE
                        * Runtime.getRuntime().availableProcessors()
                        * run.took().wallSeconds();
    }

    /** Returns whether who is measured by the other seeds isn't known yet. */
    boolean waitsForBest(Results results) {
        return seeds > 1 && !cases.isEmpty() && best(results).isEmpty();
    }

    /**
     * Returns how long all that is left takes at most, also by the seeds whose contenders aren't known yet, who are
     * taken to be measured alone.
     */
    Duration atMost(Results results) {
        Duration atMost = left(results).stream().map(Work::atMost).reduce(Duration.ZERO, Duration::plus);
        if (!waitsForBest(results)) {
            return atMost;
        }
        List<Entry> entries =
                known.stream().filter(entry -> wanted.test(entry.name())).toList();
        long ours = entries.stream().map(Entry::name).filter(Plan::isOurs).count();
        long contenders = ours + Math.min(BEST, entries.size() - ours);
        Duration starts = entries.stream()
                .map(Work::start)
                .sorted(Comparator.reverseOrder())
                .limit(contenders)
                .reduce(Duration.ZERO, Duration::plus);
        return atMost.plus(LongStream.rangeClosed(2, seeds)
                .boxed()
                .flatMap(seed -> inOrder(seed).stream())
                .map(of -> of.stopAfter().multipliedBy(contenders).plus(starts))
                .reduce(Duration.ZERO, Duration::plus));
    }
}
