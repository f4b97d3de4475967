package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {

    @TempDir
    private Path folder;

    private String written(Results results, String name) throws IOException {
        new Pages(results).write(folder);
        return Files.readString(folder.resolve(name));
    }

    private static Results some() {
        return Results.NONE
                .with(Samples.about("okhttp", "OkHttp alone"))
                .with(Samples.about("other", "Another <&>"))
                .with(Samples.about("whippletree", "Whippletree"))
                .with(Samples.setting("quota", 1))
                .with(new Results.Setting("herd", "A herd", "", 1, 10, 5, 3, 16))
                .with(Samples.answered("okhttp", "quota", 1, 4, 20))
                .with(Samples.answered("okhttp", "herd", 1, 3, 48))
                .with(Samples.answered("other", "quota", 1, 10, 20))
                .with(Samples.answered("whippletree", "quota", 1, 10, 32))
                .with(Samples.answered("whippletree", "herd", 1, 10, 17.6))
                .with(new Results.Fault("other", "cut", true, Samples.ORIGIN, Results.Got.CUT, "half"));
    }

    @Test
    void page_saysWhereWhenAndWhat_whoAnsweredHowMuch_andTheMostWithoutACache() throws IOException {
        assertThat(written(some(), "comparison.md"))
                .contains(
                        "Measured on a machine; commit `a commit`; from 2026-11-28T12:00:00Z to 2026-11-28T12:00:00Z."
                                + " Load average before the runs: median 0.50, most 0.50. Covered: 5 of 6 pairs",
                        "| OkHttp alone 1 | 40.0 % | 30.0 % (max) |",
                        "| Another <&> 1 | 1.25 | – |",
                        "| the most that is possible without a cache | 100 % | 30.0 % |")
                .doesNotContain("{{");
    }

    private static Results whole() {
        return some().with(Samples.answered("other", "herd", 1, 3, 48))
                .with(Samples.about("whippletree-gateway", "Gateway"))
                .with(wrong(Samples.answered("whippletree-gateway", "quota", 1, 9, 32)))
                .with(Samples.answered("whippletree-gateway", "herd", 1, 10, 17.6))
                .with(Samples.setting("quota", 2))
                .with(wrong(Samples.answered("whippletree-gateway", "quota", 2, 9, 32)));
    }

    /** Its services refused 1,234 calls, and it said one thing that is wrong. */
    private static Results.Answered wrong(Results.Answered run) {
        return new Results.Answered(
                run.contender(),
                run.name(),
                run.seed(),
                run.origin(),
                "",
                1,
                run.took(),
                new Results.Said(10, 5, 9, 1, 0),
                new Results.Seen(5, 1234, 0),
                run.failures());
    }

    @Test
    void findings_followFromTheResults_alsoWhereOthersAreBetter() throws IOException {
        assertThat(written(whole(), "comparison.md"))
                .contains(
                        "In 2: Whippletree. In half of them or fewer: 3 of 4 rows.",
                        "`herd`: 30.0 % without one, which 2 of 4 rows reach; 2 answer all.",
                        "*Whippletree:* `quota` 1 (Another <&> 1.25). *Gateway:* `quota` 1 (Another <&> 1.25).",
                        "*Another <&>* answers all prompts in 1 of 2 cases; where Whippletree does too, it takes 0.63 to 0.63"
                                + " times as long, 0.63 in the median.",
                        "| Gateway 1 ×2 | 90.0 %, 1 wrong |",
                        "services refused calls for a limit: 0 (Whippletree), 1,234 (Gateway); of the others' from 0",
                        "Returned as whole by that seed, though it wasn't: Gateway 1.");
    }

    @Test
    void whileTheFirstSeedIsIncomplete_nothingIsFound() throws IOException {
        assertThat(written(some(), "comparison.md"))
                .contains("None before the first seed is complete: missing are 1 pairs of contender and case.")
                .doesNotContain("nowhere.", "1. **");
    }

    @Test
    void details_haveTheRest() throws IOException {
        assertThat(written(some(), "comparison-details.md"))
                .contains(
                        "| OkHttp alone | gave up | 40.0 % | 0 | 6 | 1.00 | 0 | 1.5 s | 2.0 s | 1 |",
                        "| `cut` | **cut** |",
                        "### OkHttp alone 1 (`okhttp`)\n\nits manual\n\n```\ntimeout(5)\n```",
                        "Nothing has been measured both ways yet.")
                .doesNotContain("{{");
    }

    @Test
    void contenderOfOverheadAlone_isInItsTable_withItsConfiguration() throws IOException {
        Results results = some().with(new Overhead(
                Samples.about("nginx", "nginx"),
                true,
                new Overhead.WarmUp(1, 30, 1, 1, 1),
                List.of(OverheadTableTest.round(300, 30_000, 0))));

        assertThat(written(results, "comparison-details.md"))
                .contains("### nginx 1 (`nginx`)\n\nits manual\n\n```\ntimeout(5)\n```")
                .containsOnlyOnce("### OkHttp alone 1 (`okhttp`)");
        assertThat(written(results, "comparison.md")).doesNotContain("nginx");
    }

    @Test
    void pieceThatWasMeasuredAgain_orInAPair_isSaid() throws IOException {
        Results.Answered run = Samples.answered("other", "herd", 1, 10, 20);
        Results.Answered pair = new Results.Answered(
                "other", "herd", 1, run.origin(), "okhttp", 1, run.took(), run.said(), run.seen(), run.failures());
        Results results = some().with(Samples.answered("okhttp", "quota", 1, 5, 20))
                .with(new Results.Fault("other", "cut", true, Samples.ORIGIN, Results.Got.WHOLE, ""))
                .with(pair)
                .withCheck(Samples.answered("other", "herd", 1, 10, 24));

        assertThat(written(results, "comparison.md"))
                .contains(
                        "Two at a time: 1 of 6 pieces.",
                        "Measured again: OkHttp alone in `quota` (2 times), Another <&> in each fault (2 times).");
        assertThat(written(results, "comparison-details.md"))
                .contains("| Another <&> | `herd` | OkHttp alone | 1.25 | 1.50 |");
        assertThat(written(results.with(run), "comparison-details.md"))
                .contains("Nothing has been measured both ways yet.");
    }

    /** As full as it may become: all rows, of which half differ by seed, and most have wrong answers somewhere. */
    @Test
    void page_hasTenKilobytesAtMost() throws IOException {
        Random random = new Random(1);
        Results results = Results.NONE;
        for (Entry each : Entry.all(new Places(Path.of("../..").toAbsolutePath().normalize(), "1"))) {
            results = results.with(new Results.About(each.name(), each.title(), "1.82.3", "", ""));
        }
        for (long seed = 1; seed <= Plan.SEEDS; seed++) {
            for (Case of : Cases.all(seed)) {
                results = results.with(of.setting());
                for (Results.About contender : results.contenders()) {
                    if (seed == 1 || results.contenders().indexOf(contender) % 2 == 0) {
                        results = results.with(drawn(contender.name(), of, random));
                    }
                }
            }
        }

        assertThat(written(results, "comparison.md").getBytes(StandardCharsets.UTF_8))
                .hasSizeLessThanOrEqualTo(10_240);
    }

    /** Two of three answer all, by each seed; a quarter of the others has wrong answers. */
    private static Results.Answered drawn(String contender, Case of, Random random) {
        boolean whole = (contender + of.name()).hashCode() % 3 != 0;
        long right = whole ? of.prompts() : of.prompts() * (400 + random.nextInt(600)) / 1000;
        long wrong = whole || random.nextInt(4) > 0 ? 0 : 1 + random.nextLong(of.prompts() - right);
        return new Results.Answered(
                contender,
                of.name(),
                of.seed(),
                new Results.Origin(
                        Samples.DATE,
                        "2 × Intel(R) Xeon(R) Processor @ 2.50GHz, 8 GB, Linux 6.1.0, Java 17.0.1",
                        "0123456789ab",
                        1),
                "",
                1,
                new Results.Took(Judge.seconds(of.bound()) * (1 + 1.9 * random.nextDouble()), false, 1, 1),
                new Results.Said(of.prompts(), of.distinct(), right, wrong, of.prompts() - right - wrong),
                new Results.Seen(of.prompts(), random.nextInt(100_000), 0),
                Map.of());
    }

    @Test
    void beforeAnythingIsMeasured_pagesSaySo() throws IOException {
        Results nothing = Results.NONE.with(Samples.setting("quota", 1));

        assertThat(written(nothing, "comparison.md")).contains(MainPage.NOTHING).doesNotContain("<picture>", "{{");
        assertThat(written(nothing, "comparison-details.md"))
                .contains("### Case quota")
                .doesNotContain("{{");
        assertThat(folder.resolve("images")).isEmptyDirectory();
    }

    @Test
    void resultsOfTwoMachines_makeNoPage() {
        Results mixed = some().with(Samples.at(
                Samples.answered("other", "herd", 1, 1, 9),
                new Results.Origin(Samples.DATE, "another machine", "a commit", 0)));

        assertThatThrownBy(() -> new Pages(mixed))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("'another machine'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void picture_labelsEveryRowAndCell_andIsWellFormed(String ink) throws Exception {
        String svg = written(some(), "images/comparison-" + ink + ".svg");

        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(folder.resolve("images/comparison-" + ink + ".svg")
                                .toFile())
                        .getElementsByTagName("text")
                        .getLength())
                .as("2 cases, 3 rows of 3, 3 words of the legend")
                .isEqualTo(2 + 3 * 3 + 3);
        for (String label : List.of(">OkHttp alone<", ">Another &lt;&amp;><", ">Whippletree<", ">40.0 %<", ">1.25<")) {
            assertThat(svg).contains(label);
        }
    }
}
