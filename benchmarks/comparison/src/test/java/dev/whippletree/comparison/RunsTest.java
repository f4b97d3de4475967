package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever is asked: contenders are told the same and judged alike. */
@Tag("slow")
class RunsTest {

    /** It tells of each server that starts or stops. */
    private static final Logger UNDERTOW = Logger.getLogger("io.undertow");

    private final SystemTimeline timeline = new SystemTimeline();

    @TempDir
    private Path root;

    @BeforeEach
    void silence() {
        UNDERTOW.setLevel(Level.WARNING);
    }

    @AfterEach
    void close() {
        timeline.close();
    }

    private Runs runs() {
        return new Runs(new Places(root, "1"), timeline, new Here("here", "this"));
    }

    /** Those of the comparison that run in Java, each with a driver that answers the first question wrongly. */
    private List<Entry> contenders(String... names) throws IOException {
        Path repository = Path.of("../..").toAbsolutePath().normalize();
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : Entry.all(new Places(repository, "1"))) {
            if (List.of(names).contains(entry.name())) {
                Path target = new Places(root, "1").contenders().resolve(entry.module() + "/target");
                Files.createDirectories(target);
                Files.writeString(
                        target.resolve("class-path.txt"),
                        Path.of("target/test-classes").toAbsolutePath().toString());
                entries.add(entry);
            }
        }
        assertThat(entries).hasSameSizeAs(names);
        return entries;
    }

    private static String told(Path folder) throws IOException {
        return Files.readString(folder.resolve("setup.tsv")).replaceAll("(localhost|127\\.0\\.0\\.1):\\d+", "SERVICE");
    }

    @Test
    void everybody_isToldLimitsOnlyIfTheCaseSaysSo_andIsJudgedAlike() throws Exception {
        List<Case> cases = Cases.all(1);
        Case told = cases.stream().filter(Case::limitsAreKnown).findFirst().orElseThrow();
        Case secret = cases.stream()
                .filter(each -> !each.limitsAreKnown())
                .findFirst()
                .orElseThrow();
        for (Case of : List.of(told, secret)) {
            Set<String> setups = new LinkedHashSet<>();
            for (Entry contender : contenders("okhttp", "whippletree", "whippletree-gateway")) {
                Results.Answered run =
                        runs().answer(List.of(contender), of).get(0).answered().orElseThrow();
                assertThat(List.of(
                                run.contender(),
                                run.said().right(),
                                run.said().wrong(),
                                run.said().failed(),
                                run.took().stopped()))
                        .containsExactly(contender.name(), 0L, 1L, 0L, true);
                setups.add(told(new Places(root, "1").work().resolve(contender.name() + "/" + of.name())));
            }
            assertThat(setups).hasSize(1);
            assertThat(setups.iterator().next().lines().filter(line -> line.startsWith("account\t")))
                    .hasSize(of.service().accounts().size())
                    .allMatch(line -> line.endsWith(of.limitsAreKnown() ? "\t100 requests / 5s" : "\t"));
        }
    }

    @Test
    void halfAnAnswer_isCut_whicheverTheFault_andErrorsAndSilenceAreNot() throws Exception {
        Entry whippletree = contenders("whippletree").get(0);

        for (boolean streamed : new boolean[] {false, true}) {
            assertThat(runs().faults(whippletree, streamed))
                    .usingRecursiveComparison()
                    .ignoringFields("origin")
                    .isEqualTo(Stream.of(FaultKind.values())
                            .filter(kind -> kind != FaultKind.FLEX_CAPACITY)
                            .filter(kind -> streamed || kind != FaultKind.WITHOUT_DONE)
                            .map(kind -> new Results.Fault(
                                    "whippletree",
                                    kind.text(),
                                    streamed,
                                    Samples.ORIGIN,
                                    switch (kind) {
                                        case SERVER_ERROR -> Results.Got.ERROR;
                                        case RESET -> Results.Got.NOTHING;
                                        default -> Results.Got.CUT;
                                    },
                                    kind == FaultKind.RESET ? "" : "half"))
                            .toList());
        }
    }
}
