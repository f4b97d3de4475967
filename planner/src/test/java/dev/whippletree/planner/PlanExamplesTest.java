package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.PriceList;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.model.Credit;
import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenPrice;
import dev.whippletree.planner.answer.Costs;
import dev.whippletree.planner.json.PlanJson;
import dev.whippletree.planner.page.PlanPage;
import dev.whippletree.planner.text.PlanText;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import dev.whippletree.terminal.Json;
import dev.whippletree.terminal.board.Screen;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole plans, each with all that is computed and said of it, as recorded in a resource of its name. If a change of one
 * is meant, {@code -Drecord=true} records it.
 */
public class PlanExamplesTest {

    private static final Path RECORDS =
            Path.of(System.getProperty("basedir", "."), "src/test/resources/dev/whippletree/planner/examples");
    public static final LocalDate AS_OF = LocalDate.of(2026, 11, 1);
    private static final Screen WIDE = new Screen(false, 100);
    private static final int MINUTES_SHOWN = 4;

    /** The rest is made as that of a size is. */
    private static final Set<String> SHOWN_OF_ADVICE =
            Set.of("change", "title", "assumption", "holds", "load", "calls", "unanswered");

    static Stream<Arguments> examples() {
        return Stream.of(
                Arguments.of("configuration", WIDE, configured()),
                Arguments.of("several-kinds", new Screen(true, 60), severalKinds()),
                Arguments.of(
                        "batch",
                        WIDE,
                        unpriced(12, AccountPool.parse("groq:2x3/min+30/d").withReserve(0.1))
                                .withHorizon(Duration.ofMinutes(12))
                                .withWorkload(Workload.STANDARD.withInterview(Duration.ofMinutes(2)))
                                .withLongestWait(Duration.ofSeconds(100))),
                Arguments.of(
                        "depends",
                        new Screen(true, 100),
                        typed("groq:3x10/d+0.05usd/month", 25)
                                .withHorizon(Duration.ofDays(2))
                                .withAdvice(false)),
                Arguments.of(
                        "tight",
                        WIDE,
                        unpriced(3, "openai:1x3/30s")
                                .withHorizon(Duration.ofMinutes(2))
                                .withWorkload(Workload.STANDARD.withRepeat(0.78))),
                Arguments.of("unknown", WIDE, typed("huggingface:1x100/h+1eur/month,groq:3,openai:2x10/min", 6, 3)),
                Arguments.of("no-limits", WIDE, unpriced(2, "groq:14,huggingface:1x0.10usd/month")),
                Arguments.of(
                        "some-limits",
                        WIDE,
                        unpriced(2, "groq:1,huggingface:1x20/h").withAdvice(false)),
                Arguments.of(
                        "no-price",
                        WIDE,
                        unpriced(2, "openai:2x100/h+0.10usd/month")
                                .withAdvice(false)
                                .withWorkload(Workload.STANDARD.withRepeat(1))),
                Arguments.of("a-file", WIDE, ofFile()),
                Arguments.of(
                        "too-many",
                        WIDE,
                        typed("openai:5x200/min,huggingface:2x1000/h", 30_000, 33_000, 40_000, 2_000_000)
                                .withHorizon(Duration.ofHours(2))));
    }

    private static PlanRequest severalKinds() {
        return typed(
                        "huggingface:2x6/h+0.004usd/month,groq:1x2/min+9000tok/min,huggingface:1x3/h,huggingface:1x4/h",
                        12,
                        3,
                        7)
                .withHorizon(Duration.ofMinutes(5))
                .withWorkload(Workload.STANDARD.withOver(Duration.ofSeconds(90)));
    }

    /** Returns a plan of several sizes and kinds of accounts, one of which doesn't hold. */
    public static CapacityPlan several() {
        return new Planner(Runnable::run).plan(severalKinds(), progress -> {});
    }

    private static PlanRequest unpriced(int size, String accounts) {
        return unpriced(size, AccountPool.parse(accounts));
    }

    private static PlanRequest unpriced(int size, AccountPool pool) {
        return PlanRequest.of(List.of(size), pool);
    }

    private static PlanRequest typed(String accounts, Integer... sizes) {
        return PlanRequest.of(List.of(sizes), AccountPool.parse(accounts)).withPrices(prices());
    }

    /** Returns prices of some services and models. */
    public static PriceList prices() {
        return new PriceList(
                "prices.yaml",
                AS_OF,
                90,
                "usd",
                Stream.of(
                                "huggingface " + Configuration.DEFAULT_MODEL,
                                "groq " + Configuration.DEFAULT_MODEL,
                                "groq a",
                                "huggingface a")
                        .map(name -> name.split(" "))
                        .map(name -> new TokenPrice(
                                name[0],
                                name[1],
                                new BigDecimal(name[0].equals("groq") ? "2" : "1"),
                                new BigDecimal("4"),
                                "usd",
                                AS_OF))
                        .toList());
    }

    /** Two accounts of one organization, one of which is asked for a model in two tiers. */
    private static PlanRequest configured() {
        List<AccountSettings> accounts = List.of(
                AccountSettings.builder("h-2", "huggingface").limit("7 / 90s").build(),
                AccountSettings.builder("g-1", "groq")
                        .organization("acme")
                        .limit("8 / 1m")
                        .limit(Limit.requests(12, Duration.ofMinutes(4)), "b")
                        .limit(Limit.requests(1, Duration.ofHours(1)), "never-asked")
                        .weight(3)
                        .maxConcurrency(1)
                        .build(),
                AccountSettings.builder("g-2", "groq")
                        .organization("acme")
                        .transit(Duration.ofSeconds(5))
                        .credit(Credit.parse("1 usd / month"))
                        .build(),
                AccountSettings.builder("h-1", "huggingface")
                        .organization("acme")
                        .limit("7 / 90s")
                        .credit(Credit.parse("0.02 usd / month"))
                        .build(),
                AccountSettings.builder("unused", "openai").build());
        List<Tier> tiers = List.of(
                new Tier(List.of(target("h-1", "a"), target("g-1", "a"), target("g-1", "b"))),
                new Tier(List.of(target("g-2", "b"), target("h-2", "a"), target("g-1", "a"))));
        RouteSettings route = RouteSettings.of("first", tiers).toBuilder()
                .leave(0.25)
                .deadline(Duration.ofSeconds(100))
                .strategy("least-in-flight")
                .build();
        Configuration configuration = new Configuration(
                accounts,
                List.of(route, RouteSettings.of("second", tiers)),
                List.of(new Configuration.CacheTierSettings("any", Settings.none("cache"))),
                EngineSettings.DEFAULT,
                List.of());
        return PlanRequest.of(List.of(8, 24), AccountPool.of(configuration))
                .withHorizon(Duration.ofMinutes(5))
                .withWorkload(Workload.STANDARD
                        .withQuestions(6)
                        .withDistinct(60)
                        .withTokens(400, 150)
                        .withMaxTokens(500)
                        .withInterview(Duration.ofMinutes(2))
                        .withOver(Duration.ofMinutes(1)))
                .withLatency(Latency.parse("2s~lognormal:0.3"))
                .withSeed(7)
                .withPrices(prices());
    }

    private static TargetSettings target(String account, String model) {
        return new TargetSettings(account, model);
    }

    /** Four conversations and nine prompts alone, some of which repeat or have bounds of their own. */
    private static PlanRequest ofFile() {
        PromptList.Builder list = new PromptList.Builder();
        for (int number = 0; number < 27; number++) {
            Optional<String> session = number % 3 == 0 ? Optional.empty() : Optional.of("s" + number % 4);
            list.add(
                    session, number % 20, 60 + 11 * number, number % 5 == 0 ? OptionalInt.of(90) : OptionalInt.empty());
        }
        PromptList prompts = list.build();
        return typed("groq:1x9000tok/min,openai:1x4/min", prompts.sessions())
                .withHorizon(Duration.ofMinutes(2))
                .withUsualLatency(Latency.constant(Duration.ofSeconds(3)))
                .withWorkload(Workload.STANDARD.withPrompts(prompts));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void plan_isAsRecorded(String name, Screen screen, PlanRequest request) throws IOException {
        CapacityPlan plan = new Planner(Runnable::run).plan(request, progress -> {});
        Costs costs = new Costs(request.prices(), AS_OF.plusDays(3));
        String found = String.join("\n", new PlanText(plan, costs, screen).lines())
                        .replace('\u001b', '␛') + "\n\n" + lines("plan", PlanJson.tree(plan, costs)) + "\n"
                + lines("said", said(new PlanPage(plan, costs).html()));
        Path record = RECORDS.resolve(name + ".txt");
        if (Boolean.getBoolean("record")) {
            Files.writeString(record, found);
        }
        assertThat(found)
                .as("plan '%s'; if the change is meant, run this test with -Drecord=true", name)
                .isEqualTo(Files.readString(record));
    }

    private static Map<?, ?> said(String page) {
        String begin = "<script type=\"application/json\" id=\"report\">";
        int from = page.indexOf(begin) + begin.length();
        Map<?, ?> report = Json.read(page.substring(from, page.indexOf("</script>", from)), Map.class);
        return (Map<?, ?>) report.get("said");
    }

    /** A line for each value, by its path; of long timelines only the first minutes and the last. */
    private static String lines(String path, Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .filter(entry -> !path.contains("/advice/") || SHOWN_OF_ADVICE.contains(entry.getKey()))
                    .map(entry -> lines(path + "/" + entry.getKey(), entry.getValue()))
                    .reduce("", String::concat);
        }
        if (value instanceof List<?> list && list.stream().anyMatch(entry -> entry instanceof Map)) {
            boolean cut = path.endsWith("/timeline") || path.endsWith("/seconds");
            return IntStream.range(0, list.size())
                    .filter(index -> !cut || index < MINUTES_SHOWN || index == list.size() - 1)
                    .mapToObj(index -> cut
                            ? path + "/" + index + ": " + new LinkedHashMap<>((Map<?, ?>) list.get(index)).values()
                                    + "\n"
                            : lines(path + "/" + index, list.get(index)))
                    .reduce("", String::concat);
        }
        return path + ": " + value + "\n";
    }
}
