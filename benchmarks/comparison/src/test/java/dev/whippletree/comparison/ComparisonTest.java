package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.comparison.contender.Caller;
import dev.whippletree.comparison.failover.Verdict;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.model.Limit;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What is published is what was measured, of the cases that there are. */
class ComparisonTest {

    private static final Path REPOSITORY = Path.of("../..").toAbsolutePath().normalize();
    private static final Results PUBLISHED = Results.read(REPOSITORY.resolve("docs/comparison.json"));

    @TempDir
    private Path root;

    private String run(int exitCode, String... options) throws IOException {
        for (String file : List.of(
                "docs/comparison.json",
                "docs/" + FailoverResults.FILE,
                "benchmarks/comparison/contenders/contenders.json")) {
            Path copy = root.resolve(file);
            Files.createDirectories(copy.getParent());
            if (!Files.exists(copy) && Files.exists(REPOSITORY.resolve(file))) {
                Files.copy(REPOSITORY.resolve(file), copy);
            }
        }
        StringWriter errors = new StringWriter();
        CommandLine command = new CommandLine(new Comparison())
                .setErr(new PrintWriter(errors))
                .setOut(new PrintWriter(errors));
        List<String> arguments = new ArrayList<>(List.of("--root", root.toString()));
        arguments.addAll(List.of(options));
        assertThat(command.execute(arguments.toArray(String[]::new))).isEqualTo(exitCode);
        return errors.toString();
    }

    @Test
    void page_isWrittenFromTheResultsAlone() throws IOException {
        run(0, "--page");

        for (String file : List.of("comparison.md", "comparison-details.md", "comparison.json")) {
            assertThat(root.resolve("docs").resolve(file)).hasSameTextualContentAs(REPOSITORY.resolve("docs/" + file));
        }
        for (String ink : List.of("light", "dark")) {
            Path picture = Path.of("docs/images/comparison-" + ink + ".svg");
            assertThat(Files.exists(root.resolve(picture))).isEqualTo(Files.exists(REPOSITORY.resolve(picture)));
            if (Files.exists(root.resolve(picture))) {
                assertThat(root.resolve(picture)).hasSameTextualContentAs(REPOSITORY.resolve(picture));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--cases, 'quota,slow', no case is called slow; there are uneven",
        "--failover, 'litellm,slow', no gateway is called slow; there are whippletree-accounts",
        "--contenders, 'okhttp,slow', no contender is called slow; there are okhttp"
    })
    void unknownName_isAnErrorThatNamesThoseThereAre(String option, String names, String words) throws IOException {
        assertThat(run(2, option, names, "--page")).contains(words);
    }

    @Test
    void mixedResults_areRefused_onThePageToo() throws IOException {
        Path file = root.resolve("docs/comparison.json");
        Files.createDirectories(file.getParent());
        Results.NONE
                .with(Samples.setting("quota", 1))
                .with(Samples.answered("one", "quota", 1, 5, 20))
                .with(Samples.at(
                        Samples.answered("other", "quota", 1, 5, 20),
                        new Results.Origin(Samples.DATE, "a machine", "another commit", 0)))
                .write(file);

        assertThat(run(2, "--page")).contains("the commit of", "start afresh with --new");
        assertThat(root.resolve("docs/comparison.md")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"--built, --built may measure what was built of another commit", "--alone, git can't tell the commit"})
    void whatNobodyCouldTellTheCommitOf_isRefused_beforeAnythingIsMeasured(String option, String words)
            throws IOException {
        assertThat(run(2, option)).contains(words);
        assertThat(root.resolve("docs/comparison.md")).doesNotExist();
    }

    @Test
    void whatIsLeft_isListed_withTheTimeItTakes() throws IOException {
        String left = run(0, "--left", "--new", "--contenders", "okhttp", "--cases", "groq,herd");

        assertThat(left.lines().toList())
                .startsWith("groq (seed 1): okhttp: at most 3 min", "herd (seed 1): okhttp: at most 38 s");
        assertThat(left).contains("2 pieces, and then other seeds of those that do best by the first: at most 11 min");
    }

    @Test
    void ofEverything_overheadAndFailoverBenchAreLeftToo() throws IOException {
        String left = run(0, "--left", "--new");

        assertThat(left)
                .contains(
                        "overhead, 5 rounds: nginx: at most 14 min\n",
                        "Failover Bench: portkey-10s: at most 7 min\n",
                        "faults: litellm: at most 9 min\n")
                .doesNotContain("overhead, 5 rounds: whippletree-shipped");
        assertThat(run(0, "--left", "--new", "--faults")).doesNotContain("overhead", "Failover Bench");
    }

    @Test
    void resultsOfFailoverBench_fromElsewhere_areRefusedBesideTheOthers() throws IOException {
        Path docs = Files.createDirectories(root.resolve("docs"));
        Results.NONE
                .with(Samples.setting("quota", 1))
                .with(Samples.answered("one", "quota", 1, 5, 20))
                .write(docs.resolve("comparison.json"));
        failover("another commit").write(docs.resolve(FailoverResults.FILE));

        assertThat(run(2, "--page")).contains("the commit of", "'another commit'");
        assertThat(docs.resolve("comparison.md")).doesNotExist();
        Results others = Results.read(docs.resolve("comparison.json"));
        assertThatThrownBy(() -> new FailoverRuns(
                        new Places(root, "1"),
                        new Here("another machine", "a commit"),
                        root.resolve("none.json"),
                        others))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("another machine");
    }

    private static FailoverResults failover(String commit) {
        return FailoverResults.NONE.with(new FailoverResults.Cell(
                "one", "1", new Results.Origin(Samples.DATE, "a machine", commit, 0), Verdict.PASS, "", 1, 0, 1, ""));
    }

    @ParameterizedTest
    @CsvSource({"true, 3 requests / 10s|9 tokens / 1m, 5 requests / 1h", "false, '', ''"})
    void setup_tellsEverything_andLimitsOnlyWhereTheyAreKnown(boolean known, String first, String second)
            throws IOException {
        ServiceSettings service = ServiceSettings.builder(ServiceKind.GROQ)
                .account(
                        "account-1",
                        "token-1",
                        ServiceLimit.sliding(Limit.parse("3 / 10s")),
                        ServiceLimit.bucket(Limit.parse("9 tokens / 1m")))
                .account("account-2", "token-2", ServiceLimit.sliding(Limit.parse("5 / 1h")))
                .build();

        new SetupFile("quota", 2, true, Duration.ofSeconds(7))
                .accounts("account", service, "http://service", known)
                .callers(List.of(
                        new Caller("greedy", Duration.ZERO, List.of("a", "b")),
                        new Caller("quiet", Duration.ofSeconds(2), List.of("c"))))
                .write(root);

        assertThat(Files.readAllLines(root.resolve("setup.tsv")))
                .containsExactly(
                        "name\tquota",
                        "model\topenai/gpt-oss-20b",
                        "max-tokens\t300",
                        "patience-millis\t5000",
                        "callers\t2",
                        "streams\ttrue",
                        "stop-millis\t7000",
                        "account\taccount-1\tgroq\thttp://service\ttoken-1\t" + first,
                        "account\taccount-2\tgroq\thttp://service\ttoken-2\t" + second,
                        "caller\tgreedy\t0",
                        "ask\ta",
                        "ask\tb",
                        "caller\tquiet\t2000",
                        "ask\tc");
    }

    @Test
    void cases_areThoseThatWereMeasured() {
        List<Case> cases = Cases.all(1);

        assertThat(LongStream.rangeClosed(1, Plan.SEEDS)
                        .boxed()
                        .flatMap(seed -> Cases.all(seed).stream())
                        .map(Case::setting))
                .isEqualTo(PUBLISHED.cases());
        assertThat(cases.stream().filter(of -> !of.limitsAreKnown()).map(Case::name))
                .containsExactly("uneven");
        assertThat(cases.stream().filter(Case::streams).map(Case::name)).containsExactly("streams");
        assertThat(cases.stream().map(ComparisonTest::services).collect(Collectors.joining("\n")))
                .isEqualTo("""
                        uneven: HUGGING_FACE PT0.5S 1 [SLIDING 160 requests / 5s] [SLIDING 80 requests / 5s] \
                        [SLIDING 40 requests / 5s] [SLIDING 20 requests / 5s]
                        outage: OPENAI PT0.5S 1 [SLIDING 100 requests / 5s] [SLIDING 100 requests / 5s] 503 100000
                        faults: OPENAI PT0.5S 1 [] [] 429 273 429-silent 273 500 273 502 273 503 273 reset 273 \
                        hang 273 slow 273 cut 273 stall 273 malformed 273
                        groq: GROQ PT0.5S 1 [BUCKET 30 requests / 1m, BUCKET 8000 tokens / 1m, BUCKET 1000 \
                        requests / 1d, BUCKET 200000 tokens / 1d] [BUCKET 30 requests / 1m, BUCKET 8000 tokens \
                        / 1m, BUCKET 1000 requests / 1d, BUCKET 200000 tokens / 1d]
                        tenants: OPENAI PT0.5S 1 [SLIDING 100 requests / 5s] [SLIDING 100 requests / 5s]
                        streams: OPENAI PT1S 1 [] [] cut 2000 stall 1000 malformed 1000 reset 1000
                        quota: HUGGING_FACE PT1S 1 [SLIDING 200 requests / 10s] [SLIDING 200 requests / 10s]
                        interviews: HUGGING_FACE PT1S 1 [SLIDING 1000 requests / 1h] [SLIDING 1000 requests / 1h]
                        herd: OPENAI PT1S 1 [SLIDING 50 requests / 10s] [SLIDING 50 requests / 10s]""");
    }

    private static String services(Case of) {
        ServiceSettings service = of.service();
        return of.name() + ": " + service.kind() + " " + service.latency().mean() + " " + service.seed() + " "
                + service.organizations().stream()
                        .map(organization -> organization.limits().stream()
                                .map(limit -> limit.counting() + " " + limit.limit())
                                .toList()
                                .toString())
                        .collect(Collectors.joining(" "))
                + service.faults().rules().stream()
                        .map(rule -> " " + rule.kind().text() + " " + Math.round(rule.share() * 100_000))
                        .collect(Collectors.joining());
    }
}
