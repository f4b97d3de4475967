package dev.whippletree.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.ScriptedClient;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.Settings;
import dev.whippletree.state.SavedTokens;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against lists of everything that was ever told, sorted anew each time. */
final class TokenForecastTest {

    private static final int BOUND = 5_000;

    private final TokenForecast forecast = new TokenForecast();
    private final Target target = target();
    private final Route route = new Route(
            RouteSettings.of(
                    "default",
                    List.of(new RouteSettings.Tier(List.of(new RouteSettings.TargetSettings("a", "model"))))),
            List.of(List.of(target)),
            List.of((ready, now) -> 0),
            0);

    private static Target target() {
        AccountSettings settings = AccountSettings.of("a", "scripted", Optional.empty(), Settings.none("account a"));
        ScopeState organization = new ScopeState(Scope.of("organization"));
        ScriptedClient client = new ScriptedClient(new VirtualTimeline(0));
        Account account = new Account(new Topology.OpenAccount(settings, client), organization, 1);
        return new Target(account, "model", organization, Target.TokenizerKey.of(settings, "model"));
    }

    private Optional<TokenCount> learn(long estimate, int prompt, int made, FinishReason reason) {
        return learn(Admission.asMade(estimate, BOUND), prompt, made, reason);
    }

    private Optional<TokenCount> learn(Admission admission, int prompt, int made, FinishReason reason) {
        Origin origin = new Origin(Origin.Source.CALL, "a", "model", 1, Duration.ZERO, Optional.empty());
        Completion completion = new Completion(
                "text", Optional.empty(), List.of(), reason, Optional.of(TokenUsage.of(prompt, made)), origin);
        return forecast.learn(route, new Lease(target, TokenCount.NONE, 0), admission, completion, 0);
    }

    /** Of the latest 500, what 95 % (or 99 %) of all don't exceed, with 95 % confidence: Wilks' order statistic. */
    private static long enough(List<Long> all, double share) {
        List<Long> latest = all.subList(Math.max(0, all.size() - 500), all.size()).stream()
                .sorted()
                .toList();
        double rank = Math.ceil(latest.size() * share + 1.645 * Math.sqrt(latest.size() * share * (1 - share)));
        return latest.get((int) Math.min(latest.size(), rank) - 1);
    }

    /** Of fewer than 59, what the largest of 59 is where the tail of lengths is as heavy as that of 1/x. */
    private static long guessed(List<Long> all) {
        long largest = all.stream().mapToLong(Long::longValue).max().orElseThrow();
        return largest == Long.MAX_VALUE ? largest : largest * 59 / all.size();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatIsReserved_isWhatFewOfTheLatestExceed(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<Integer, List<Long>> errors = new HashMap<>();
        List<Long> completions = new ArrayList<>();
        double wrong = 0.1 + 3 * random.nextDouble();
        for (int answer = 0; answer < 2_000; answer++) {
            long estimate = 1 + random.nextLong(1L << random.nextInt(14));
            int prompt = 1 + (int) (estimate * wrong * (0.5 + random.nextDouble()));
            int made = random.nextInt(1 + random.nextInt(BOUND));
            boolean cut = random.nextInt(40) == 0;
            assertThat(learn(estimate, prompt, made, cut ? FinishReason.LENGTH : FinishReason.STOP))
                    .as("seed %s, answer %s", seed, answer)
                    .contains(new TokenCount(prompt, made));
            completions.add(cut ? Long.MAX_VALUE : (long) made);
            int size = (int) (Math.log(estimate) / Math.log(2) + 1e-9);
            List<Long> ofSize = errors.computeIfAbsent(size, key -> new ArrayList<>());
            ofSize.add(Math.min(16_000, (long) Math.ceil(1_000.0 * prompt / estimate)));
            long completion =
                    Math.min(BOUND, completions.size() < 59 ? guessed(completions) : enough(completions, 0.95));
            assertThat(forecast.completion(route, target, Admission.asMade(0, BOUND))
                            .usual())
                    .as("seed %s, answer %s: completion", seed, answer)
                    .isEqualTo(completion);
            long perThousand = ofSize.size() < 59
                    ? Math.max(
                            1_000,
                            ofSize.stream().mapToLong(Long::longValue).max().orElseThrow())
                    : Math.max(250, enough(ofSize, 0.99));
            assertThat(forecast.promptTokens(target, estimate))
                    .as("seed %s, answer %s: prompt estimated at %s", seed, answer, estimate)
                    .isEqualTo((long) Math.ceil(estimate * perThousand / 1_000.0));
        }
    }

    @ParameterizedTest(name = "{0} a thousand")
    @ValueSource(ints = {1_000, 1_125, 1_126, 2_000})
    void whoWaits_isToldOnceOfWhatIsMoreThanAnEighthOther(int perThousand) {
        learn(1, 1, 0, FinishReason.STOP);
        forecast.takeMoved();
        learn(1_000, perThousand, 0, FinishReason.STOP);
        assertThat(forecast.takeMoved()).isEqualTo(perThousand > 1_125);
        assertThat(forecast.takeMoved()).isFalse();
    }

    @Test
    void whatIsRemembered_isLearnedAnewByTheNextProcess() {
        for (int answer = 0; answer < 150; answer++) {
            learn(1_000, 800, answer < 50 ? 4_000 : answer, FinishReason.STOP);
        }
        TokenForecast next = new TokenForecast();
        List<SavedTokens> saved = forecast.saved(Instant.EPOCH::plusNanos);
        saved.forEach(tokens -> next.resume(
                tokens, Duration.between(Instant.EPOCH, tokens.changed()).toNanos()));
        assertThat(next.saved(Instant.EPOCH::plusNanos)).containsExactlyInAnyOrderElementsOf(saved);
        assertThat(next.completion(route, target, Admission.asMade(0, BOUND)).usual())
                .as("second largest of 100")
                .isEqualTo(148);
        assertThat(next.promptTokens(target, 1_000)).isEqualTo(800);
    }

    @Test
    void estimates_areLoweredToAQuarterAndRaisedSixteenfold_atMost() {
        for (int answer = 0; answer < TokenForecast.FEWEST; answer++) {
            learn(1_000, 1, 0, FinishReason.STOP);
        }
        assertThat(forecast.promptTokens(target, 1_000)).isEqualTo(250);
        learn(1_000, 90_000_000, 0, FinishReason.STOP);
        assertThat(forecast.promptTokens(target, 1_000)).isEqualTo(16_000);
    }

    @Test
    void meanOfASizeThatWasNeverSeen_isLikeTheNextSmallerOnes() {
        learn(100, 150, 10, FinishReason.STOP);
        learn(1_000, 1_200, 10, FinishReason.STOP);
        assertThat(forecast.meanPromptTokens(target, 500)).isEqualTo(750);
        assertThat(forecast.meanPromptTokens(target, 100_000)).isEqualTo(120_000);
        assertThat(forecast.meanPromptTokens(target, 20)).isEqualTo(20);
    }

    @Test
    void severalCompletionsAtOnce_areEachLikeOne() {
        Admission one = Admission.asMade(10, OptionalInt.empty());
        for (int answer = 0; answer < 100; answer++) {
            learn(10, 10, 200, FinishReason.STOP);
        }
        TokenForecast.Expected single = forecast.completion(route, target, one);
        TokenForecast.Expected four = forecast.completion(route, target, one.times(4));
        assertThat(single.usual()).isEqualTo(200);
        assertThat(four.usual()).isEqualTo(800);
        assertThat(four.mean()).isEqualTo(800);
        assertThat(four.most()).isEqualTo(4 * single.most());
        learn(one.times(4), 10, 800, FinishReason.STOP);
        assertThat(forecast.completion(route, target, one)).isEqualTo(single);
    }
}
