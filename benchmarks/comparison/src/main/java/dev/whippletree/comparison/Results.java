package dev.whippletree.comparison;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Everything that was measured, as it is kept in {@code docs/comparison.json}: the pages are made from this alone. A
 * new result takes the place of the older one of the same piece. Immutable.
 *
 * @param checks pieces that were measured in pairs, measured once more, alone
 */
record Results(
        List<About> contenders,
        List<Setting> cases,
        List<Answered> answered,
        List<Answered> checks,
        List<Fault> faults,
        List<Overhead> overhead) {

    private static final String FAULTS = "each fault";

    static final Results NONE = new Results(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    Results {
        contenders = List.copyOf(contenders);
        cases = List.copyOf(cases);
        answered = List.copyOf(answered);
        checks = List.copyOf(checks);
        faults = List.copyOf(faults);
        overhead = List.copyOf(overhead);
    }

    /**
     * A contender.
     *
     * @param documentation where its configuration is from
     * @param configuration its configuration, from its source
     */
    record About(String name, String title, String version, String documentation, String configuration) {

        String named() {
            return title + " " + version.replace("-SNAPSHOT", "");
        }

        boolean isOurs() {
            return Plan.isOurs(name);
        }
    }

    /**
     * A case, by one seed.
     *
     * @param withoutCache the most prompts that can be answered before a contender is stopped, if each takes a call
     */
    record Setting(
            String name,
            String title,
            String description,
            long seed,
            long prompts,
            long distinct,
            long withoutCache,
            double boundSeconds) {}

    /**
     * When and where something was measured.
     *
     * @param date when it began, as an {@link java.time.Instant}
     * @param commit the last that changed anything but the results and their pages
     * @param load the machine's load average when the run began that measured it
     */
    record Origin(String date, String machine, String commit, double load) {}

    /**
     * How a contender did in a case, by one seed.
     *
     * @param beside the contender that was measured at the same time, or empty
     * @param times how often this was measured: only the last time counts
     * @param failures the commonest errors, each with how many there were
     */
    record Answered(
            String contender,
            String name,
            long seed,
            Origin origin,
            String beside,
            int times,
            Took took,
            Said said,
            Seen seen,
            Map<String, Long> failures) {

        Answered again(int before) {
            return new Answered(contender, name, seed, origin, beside, before + 1, took, said, seen, failures);
        }
    }

    /**
     * How long a contender took.
     *
     * @param wallSeconds until its last answer or failure
     * @param stopped whether it was stopped, at three times the bound
     * @param quietestWorstSeconds the longest that any prompt took of the tenant that asked least; prompts without an
     *     answer count until the end
     * @param processorSeconds processor time of its process and those that it started
     */
    record Took(double wallSeconds, boolean stopped, double quietestWorstSeconds, double processorSeconds) {}

    /**
     * What callers got.
     *
     * @param right prompts with a whole answer of their own
     * @param wrong prompts with anything else in place of it
     * @param failed prompts that ended with an error
     */
    record Said(long prompts, long distinct, long right, long wrong, long failed) {

        boolean isWhole() {
            return right == prompts;
        }
    }

    /**
     * What the services saw.
     *
     * @param calls calls
     * @param rateLimited calls answered 429
     * @param unasked distinct prompts with a right answer beyond those that the services answered
     */
    record Seen(long calls, long rateLimited, long unasked) {}

    /**
     * What a contender's caller got when the first call met a fault.
     *
     * @param times how often this was measured: only the last time counts
     */
    record Fault(String contender, String kind, boolean streamed, Origin origin, Got got, String detail, int times) {

        Fault(String contender, String kind, boolean streamed, Origin origin, Got got, String detail) {
            this(contender, kind, streamed, origin, got, detail, 1);
        }

        Fault again(int before) {
            return new Fault(contender, kind, streamed, origin, got, detail, before + 1);
        }

        private String piece() {
            return contender + " " + kind + " " + streamed;
        }
    }

    enum Got {
        WHOLE,
        ERROR,
        /** Not the whole answer, without being told so. */
        CUT,
        NOTHING
    }

    static Results read(Path file) {
        return ResultFile.read(file, Results.class, NONE);
    }

    void write(Path file) throws IOException {
        ResultFile.write(file, this);
    }

    Results with(About about) {
        return new Results(replaced(contenders, about, About::name), cases, answered, checks, faults, overhead);
    }

    Results with(Setting setting) {
        return new Results(
                contenders,
                replaced(cases, setting, each -> each.name() + " " + each.seed()),
                answered,
                checks,
                faults,
                overhead);
    }

    Results with(Answered run) {
        int before =
                of(run.contender(), run.name(), run.seed()).map(Answered::times).orElse(0);
        return new Results(
                contenders, cases, replaced(answered, run.again(before), Results::piece), checks, faults, overhead);
    }

    /** Returns the others: all but those that fit a name of a contender and a case; faults are a case of their own. */
    Results without(BiPredicate<String, String> named) {
        return new Results(
                contenders,
                cases,
                answered.stream()
                        .filter(each -> !named.test(each.contender(), each.name()))
                        .toList(),
                checks,
                faults.stream()
                        .filter(each -> !named.test(each.contender(), FAULTS))
                        .toList(),
                overhead);
    }

    Results withCheck(Answered run) {
        return new Results(contenders, cases, answered, replaced(checks, run, Results::piece), faults, overhead);
    }

    Results with(Fault run) {
        int before = faults.stream()
                .filter(each -> each.piece().equals(run.piece()))
                .mapToInt(Fault::times)
                .sum();
        return new Results(
                contenders, cases, answered, checks, replaced(faults, run.again(before), Fault::piece), overhead);
    }

    Results with(Overhead run) {
        return new Results(contenders, cases, answered, checks, faults, replaced(overhead, run, Overhead::contender));
    }

    /** Forgets rounds, but not how often they were made. */
    Results withoutOverhead(Predicate<String> named) {
        List<Overhead> all = overhead.stream()
                .map(each -> named.test(each.contender()) ? each.again() : each)
                .toList();
        return new Results(contenders, cases, answered, checks, faults, all);
    }

    Optional<Overhead> overhead(String contender) {
        return overhead.stream()
                .filter(each -> each.contender().equals(contender))
                .findFirst();
    }

    int rounds(String contender) {
        return overhead(contender).map(each -> each.rounds().size()).orElse(0);
    }

    private static String piece(Answered run) {
        return run.contender() + " " + run.name() + " " + run.seed();
    }

    /** Keeps the order, so that a new measurement of one piece changes only its lines of the file. */
    private static <T> List<T> replaced(List<T> list, T with, Function<T, String> key) {
        List<T> all = new ArrayList<>(list);
        Optional<T> old = list.stream()
                .filter(each -> key.apply(each).equals(key.apply(with)))
                .findFirst();
        if (old.isPresent()) {
            all.set(all.indexOf(old.get()), with);
        } else {
            all.add(with);
        }
        return all;
    }

    Optional<Answered> of(String contender, String name, long seed) {
        return of(contender, name).filter(each -> each.seed() == seed).findFirst();
    }

    Stream<Answered> of(String contender, String name) {
        return answered.stream()
                .filter(each ->
                        each.contender().equals(contender) && each.name().equals(name));
    }

    List<Setting> cases(long seed) {
        return cases.stream().filter(each -> each.seed() == seed).toList();
    }

    /** Returns a contender's name on the page. */
    String title(String contender) {
        return contenders.stream()
                .filter(each -> each.name().equals(contender))
                .map(About::title)
                .findFirst()
                .orElse(contender);
    }

    Setting setting(Answered run) {
        return cases.stream()
                .filter(each -> each.name().equals(run.name()) && each.seed() == run.seed())
                .findFirst()
                .orElseThrow();
    }

    List<Origin> origins() {
        return Stream.of(
                        answered.stream().map(Answered::origin),
                        checks.stream().map(Answered::origin),
                        faults.stream().map(Fault::origin),
                        overhead.stream()
                                .flatMap(each -> each.rounds().stream())
                                .map(Overhead.Round::origin))
                .flatMap(Function.identity())
                .toList();
    }
}
