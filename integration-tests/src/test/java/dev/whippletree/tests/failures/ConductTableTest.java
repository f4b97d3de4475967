package dev.whippletree.tests.failures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.simulation.SimulatedAccount;
import dev.whippletree.emulator.simulation.SimulatedPool;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a client gets for each fault of the first choice, and when, by the default settings and in virtual time: the
 * table of docs/measured/failures.md is this one. Answers take a second, their first token 200 ms, and no two are
 * alike.
 */
final class ConductTableTest {

    private static final Path PAGE = Path.of("..", "docs", "measured", "failures.md");
    private static final String FIRST_CHOICE = ":/large";
    private static final Duration DEADLINE = Duration.ofHours(1);

    /** What the first choice does for as long as it is asked. */
    private enum Wrong {
        LIMITED_FOR_A_MINUTE("429, `Retry-After: 60`", "429=60s"),
        LIMITED_FOR_A_DAY("429, `Retry-After: 86400`", "429=1d"),
        LIMITED_SILENTLY("429 that doesn't say how long", "429-silent"),
        NO_CREDIT("402, no credit", "402"),
        TOKEN_REFUSED("401, token refused", "401"),
        SERVER_ERROR("500", "500"),
        SERVER_ERROR_ONCE("500 once", "500#1"),
        OVERLOADED("503", "503"),
        RESET("the connection is reset", "reset"),
        SILENT("there is no response", "hang"),
        SLOW("the first token arrives after a minute", "slow=60s"),
        CUT("the answer breaks off", "cut"),
        STALLED("the answer stalls midway", "stall"),
        MALFORMED("unreadable data arrives mid-answer", "malformed"),
        TOO_LONG("413, context too long", "413"),
        FILTERED("400, content filter", "filter"),
        MISTAKEN("another 400", "400");

        private final String words;
        private final String script;

        Wrong(String words, String script) {
            this.words = words;
            this.script = script;
        }
    }

    /** Where else the prompt may be answered. */
    private enum Fallback {
        NONE,
        SAME_ACCOUNT,
        OTHER_ACCOUNT,

        /** None, but the first choice is two accounts of one organization. */
        NONE_OF_TWO_ACCOUNTS,

        /** Another account than those two. */
        OTHER_THAN_TWO_ACCOUNTS;

        private static final List<Fallback> IN_TABLE = List.of(NONE, OTHER_ACCOUNT);
    }

    private static SimulatedPool pool(Wrong wrong, Fallback fallback) {
        List<Tier> tiers = switch (fallback) {
            case NONE -> List.of(tier("a/large"));
            case SAME_ACCOUNT -> List.of(tier("a/large"), tier("a/small"));
            case OTHER_ACCOUNT -> List.of(tier("a/large"), tier("b/small"));
            case NONE_OF_TWO_ACCOUNTS -> List.of(tier("a/large", "a2/large"));
            case OTHER_THAN_TWO_ACCOUNTS -> List.of(tier("a/large", "a2/large"), tier("b/small"));
        };
        return SimulatedPool.builder(1)
                .account(account("a").ofOrganization("one"))
                .account(account("a2").ofOrganization("one"))
                .account(account("b"))
                .service(
                        ServiceKind.OPENAI,
                        service -> service.latency(Latency.constant(Duration.ofSeconds(1)))
                                .answersDiffer()
                                .faults(FaultScript.of(FaultRule.parse(wrong.script + FIRST_CHOICE))))
                .route(RouteSettings.of("default", tiers))
                .build();
    }

    private static Tier tier(String... targets) {
        return new Tier(Arrays.stream(targets)
                .map(target -> target.split("/", 2))
                .map(parts -> new TargetSettings(parts[0], parts[1]))
                .toList());
    }

    private static SimulatedAccount account(String id) {
        return SimulatedAccount.of(id, ServiceKind.OPENAI).withModels(List.of("large", "small"));
    }

    private static String whole(Wrong wrong, Fallback fallback) {
        SimulatedPool pool = pool(wrong, fallback);
        CompletableFuture<Completion> answer = pool.complete(
                Prompt.builder().user("Why us?").deadline(DEADLINE).build());
        return outcome(pool, answer);
    }

    private static String streamed(Wrong wrong, Fallback fallback) {
        SimulatedPool pool = pool(wrong, fallback);
        Reading reading = new Reading();
        pool.engine().stream(Prompt.builder()
                        .user("Why us?")
                        .firstPieceWithin(DEADLINE)
                        .build())
                .subscribe(reading);
        return outcome(pool, reading.end);
    }

    private static String outcome(SimulatedPool pool, CompletableFuture<?> end) {
        String what;
        try {
            pool.runUntil(end);
            what = "answer";
        } catch (CompletionException e) {
            what = code((PromptException) Objects.requireNonNull(e.getCause()));
        }
        double seconds = pool.timeline().nanoTime() / 1e9;
        return what + ", " + String.format(Locale.ROOT, seconds < 9.95 ? "%.1f s" : "%.0f s", seconds);
    }

    /** The status that the gateway gives it, or the code of the event in a stream that has begun. */
    private static String code(PromptException failure) {
        return switch (failure.reason()) {
            case REJECTED, FILTERED, TOO_LARGE -> "400";
            case NO_ROOM_IN_TIME, CALLER_TIMEOUT -> "429";
            case ATTEMPTS_EXHAUSTED -> "502";
            case NO_ACCOUNT, LINE_FULL, CLOSED -> "503";
            case DEADLINE -> "504";
            case STREAM_INTERRUPTED -> "broken off";
        };
    }

    /** Reads a stream to its end. */
    private static final class Reading implements Flow.Subscriber<Delta> {

        private final CompletableFuture<Void> end = new CompletableFuture<>();

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Delta delta) {}

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            end.complete(null);
        }
    }

    private static String cell(Wrong wrong, Fallback fallback) {
        String whole = whole(wrong, fallback);
        String streamed = streamed(wrong, fallback);
        return whole.equals(streamed) ? whole : whole + "; streamed: " + streamed;
    }

    private static List<String> rows() {
        List<String> rows = new ArrayList<>();
        for (Wrong wrong : Wrong.values()) {
            List<String> cells = new ArrayList<>(List.of(wrong.words));
            for (Fallback fallback : Fallback.IN_TABLE) {
                cells.add(cell(wrong, fallback));
            }
            rows.add("| " + String.join(" | ", cells) + " |");
        }
        return rows;
    }

    @Test
    void tableOfThePage_isWhatHappens() throws IOException {
        assertThat(Files.readAllLines(PAGE)).containsAll(rows());
    }

    @ParameterizedTest
    @EnumSource(Wrong.class)
    void anotherModelOfTheAccount_helpsLikeAnotherAccount_unlessTheAccountIsOff(Wrong wrong) {
        boolean isOff = wrong == Wrong.NO_CREDIT || wrong == Wrong.TOKEN_REFUSED;
        assertThat(cell(wrong, Fallback.SAME_ACCOUNT))
                .isEqualTo(cell(wrong, isOff ? Fallback.NONE : Fallback.OTHER_ACCOUNT));
    }

    @ParameterizedTest
    @EnumSource(Wrong.class)
    void twoAccountsOfAnOrganization_fareLikeOne_butForMoments(Wrong wrong) {
        assertThat(withoutTimes(cell(wrong, Fallback.NONE_OF_TWO_ACCOUNTS)))
                .isEqualTo(withoutTimes(cell(wrong, Fallback.NONE)));
    }

    private static String withoutTimes(String cell) {
        return cell.replaceAll("[\\d.]+ s", "");
    }

    @ParameterizedTest
    @EnumSource(Wrong.class)
    void twoAccountsWithAFallback_fareLikeOneWithAFallback(Wrong wrong) {
        assertThat(cell(wrong, Fallback.OTHER_THAN_TWO_ACCOUNTS)).isEqualTo(cell(wrong, Fallback.OTHER_ACCOUNT));
    }
}
