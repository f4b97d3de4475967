package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlanTest {

    private static final List<String> CASES =
            Cases.all(1).stream().map(Case::name).toList();

    /** Two rows of Whippletree's, and eight others, each a little better than the one before. */
    private static final List<Entry> KNOWN = Stream.concat(
                    Stream.of("whippletree", "whippletree-gateway"),
                    IntStream.rangeClosed(1, 8).mapToObj(number -> "other-" + number))
            .map(name -> new Entry(name, name, null, "m", "M", "best", "l", List.of(), ""))
            .toList();

    private static Plan plan(int seeds, boolean faults) {
        return new Plan(KNOWN, name -> true, CASES, faults, seeds, true);
    }

    private static Results.Answered run(Entry entry, Case of, double processorSeconds) {
        long right =
                entry.name().startsWith("other") ? Long.parseLong(entry.name().substring(6)) : 0;
        return new Results.Answered(
                entry.name(),
                of.name(),
                of.seed(),
                Samples.ORIGIN,
                "",
                1,
                new Results.Took(10, true, 1, processorSeconds),
                new Results.Said(of.prompts(), of.distinct(), Math.min(right, 7), 0, 0),
                new Results.Seen(of.prompts(), 0, 0),
                Map.of());
    }

    /** Others 7 and 8 are equally good, so the one that comes first in the list goes first. */
    private static Results firstSeed() {
        Results results = Results.NONE;
        for (Case of : Cases.all(1)) {
            results = results.with(of.setting());
            for (Entry entry : KNOWN) {
                results = results.with(run(entry, of, 0.1));
            }
        }
        return results;
    }

    private static List<String> texts(List<Work> works) {
        return works.stream().map(Work::text).toList();
    }

    @Test
    void atFirst_allOfOneSeedAreLeft_theCaseThatDecidesAboutPairsFirst() {
        List<Work> left = plan(3, true).left(Results.NONE);

        assertThat(left).hasSize(KNOWN.size() * (CASES.size() + 2));
        assertThat(texts(left)).startsWith("faults (seed 1): whippletree").endsWith("faults, streamed: other-8");
        assertThat(plan(3, true).waitsForBest(Results.NONE)).isTrue();
    }

    @Test
    void whatIsMeasured_isNotLeft() {
        Case of = Cases.all(1).get(0);
        Results measured = Results.NONE
                .with(run(KNOWN.get(2), of, 0.1))
                .with(new Results.Fault("other-1", "cut", true, Samples.ORIGIN, Results.Got.CUT, ""));

        assertThat(texts(plan(1, true).left(measured)))
                .hasSize(KNOWN.size() * (CASES.size() + 2) - 2)
                .doesNotContain(of.name() + " (seed 1): other-1", "faults, streamed: other-1");
    }

    @Test
    void otherSeeds_areForWhippletreeAndTheSixBestOthers() {
        assertThat(plan(3, false).best(firstSeed()))
                .containsExactly(
                        "whippletree",
                        "whippletree-gateway",
                        "other-7",
                        "other-8",
                        "other-6",
                        "other-5",
                        "other-4",
                        "other-3");
        assertThat(texts(plan(3, false).left(firstSeed())))
                .contains("herd (seed 2): other-3", "herd (seed 3): whippletree")
                .noneMatch(text -> text.contains("seed 1") || text.contains("other-2"));
        assertThat(plan(1, false).left(firstSeed())).isEmpty();
    }

    @Test
    void whatFailedTooOften_isNotLeft_countsAsNoRightAnswer_andKeepsNobodyFromTheOtherSeeds() {
        Case herd = Cases.all(1).stream()
                .filter(of -> of.name().equals("herd"))
                .findFirst()
                .orElseThrow();
        Results lacking = firstSeed().without((contender, name) -> contender.equals("other-8") && name.equals("herd"));
        Plan plan = plan(3, true);

        assertThat(plan.best(lacking)).isEmpty();
        Plan without = plan.givingUp(Set.of(Work.piece("other-8", herd), "faults, streamed: other-1"));
        assertThat(without.best(lacking)).isEqualTo(plan.best(firstSeed()));
        assertThat(texts(without.left(lacking)))
                .contains("herd (seed 2): other-7", "faults: other-1")
                .doesNotContain("herd (seed 1): other-8", "faults, streamed: other-1");
    }

    @Test
    void whoTakesAQuarterOfTheProcessors_isNotLight() {
        double processors = Runtime.getRuntime().availableProcessors();

        assertThat(Plan.isLight(run(KNOWN.get(0), Cases.all(1).get(0), 2.4 * processors)))
                .isTrue();
        assertThat(Plan.isLight(run(KNOWN.get(0), Cases.all(1).get(0), 2.6 * processors)))
                .isFalse();
    }

    @Test
    void whereLimitsDecide_lightContendersAreAskedTwoAtATime_andNobodyElse() {
        Results results = Results.NONE;
        for (Entry entry : KNOWN) {
            double processors = Runtime.getRuntime().availableProcessors();
            results = results.with(run(
                    entry, Cases.all(1).get(2), entry.name().equals("other-2") ? 2.6 * processors : 2.4 * processors));
        }

        List<String> left = texts(plan(1, false).left(results));

        assertThat(left)
                .contains(
                        "uneven (seed 1): whippletree beside whippletree-gateway",
                        "uneven (seed 1): other-2",
                        "uneven (seed 1): other-1 beside other-3",
                        "uneven (seed 1): other-8",
                        "herd (seed 1): other-1")
                .noneMatch(text -> text.contains("beside") && text.matches("(streams|interviews|herd|faults).*"));
        assertThat(texts(new Plan(KNOWN, name -> true, CASES, false, 1, false).left(results)))
                .noneMatch(text -> text.contains("beside"));
    }

    /** For twice as many contenders as these. */
    @Test
    void all_takesLessThanHalfADay() {
        assertThat(plan(3, true).atMost(Results.NONE)).isLessThan(Duration.ofHours(6));
    }
}
