package dev.whippletree.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.AttemptReport;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class DisclosureTest {

    private static final GatewaySettings KEYED = GatewaySettings.DEFAULT.withClients(
            List.of(new GatewaySettings.Client("acme", Secret.of("a-key-of-acme-0123"), List.of())), Optional.empty());

    private static final Failure LIMITED = new Failure(
            FailureKind.RATE_LIMITED,
            "limit reached in organization org_7 of account hf-1",
            OptionalInt.of(429),
            Optional.empty(),
            Optional.empty(),
            Reach.ORGANIZATION);

    private static Disclosure disclosure(GatewaySettings settings) {
        List<AccountSettings> accounts = Stream.of("hf-1", "hf-1-b", "two", "two words")
                .map(id -> AccountSettings.of(id, "scripted", Optional.empty(), Settings.none("account " + id)))
                .toList();
        return new Disclosure(
                settings,
                new Configuration(
                        accounts,
                        List.of(RouteSettings.of("r", List.of(new Tier(List.of(new TargetSettings("hf-1", "m")))))),
                        List.of(),
                        EngineSettings.DEFAULT,
                        List.of()));
    }

    private static PromptException failure(Reason reason, AttemptReport... attempts) {
        return new PromptException(
                reason,
                "failed:\n  account hf-1, m: RATE_LIMITED (429): org_7\n  account two words: no",
                List.of(attempts),
                Optional.of(Instant.ofEpochMilli(1)));
    }

    private static AttemptReport attempt() {
        return new AttemptReport("hf-1", "m", LIMITED, Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void whateverWentWrong_noAccountIsNamed(Reason reason) {
        Disclosure hidden = disclosure(KEYED);
        assertThat(hidden.shown(failure(reason))).isNotBlank().doesNotContain("hf-1", "two words");
        assertThat(hidden.shown(failure(reason, attempt(), attempt())))
                .isNotBlank()
                .doesNotContain("hf-1", "two words");
    }

    /** By model, kind and status alone. */
    @ParameterizedTest
    @CsvSource({
        "RATE_LIMITED, 429, , rate limit (429)",
        "QUOTA_EXHAUSTED, , , its quota is used up",
        "OVERLOADED, 503, , overloaded (503)",
        "UNAVAILABLE, 200, damaged_answer, an answer that can't be read (200)",
        "UNAVAILABLE, 200, , an answer that can't be read (200)",
        "UNAVAILABLE, 200, stream_ended_early, the stream ended early (200)",
        "UNAVAILABLE, 500, , unavailable (500)",
        "UNAVAILABLE, , , unavailable",
        "TIMEOUT, , , no answer in time",
        "UNAUTHORIZED, 401, , the service refused the gateway's token (401)",
        "MODEL_UNAVAILABLE, 404, , the model isn't available (404)",
        "TOO_LARGE, , , the prompt is too large",
        "FILTERED, , , filtered",
        "REJECTED, 400, , invalid (400)"
    })
    void attempts_areToldByModelKindAndStatus(
            FailureKind kind, @Nullable Integer status, @Nullable String code, String words) {
        Failure failed = new Failure(
                kind,
                "org_7",
                status == null ? OptionalInt.empty() : OptionalInt.of(status),
                Optional.ofNullable(code),
                Optional.empty(),
                Reach.ACCOUNT);
        AttemptReport other = new AttemptReport("two words", "n", failed, Duration.ofSeconds(1));
        String line = System.lineSeparator() + "  ";
        assertThat(disclosure(KEYED).shown(failure(Reason.ATTEMPTS_EXHAUSTED, attempt(), other, attempt())))
                .isEqualTo("all attempts failed:" + line + "m: rate limit (429) (2 times)" + line + "n: " + words);
    }

    @Test
    void otherReasons_areToldInTheGatewaysWords() {
        Disclosure hidden = disclosure(KEYED);
        assertThat(hidden.shown(failure(Reason.DEADLINE)))
                .isEqualTo("no answer by the deadline; there would be room at 1970-01-01T00:00:01Z");
        assertThat(hidden.shown(failure(Reason.NO_ROOM_IN_TIME, attempt())))
                .isEqualTo("there is no room before the deadline; there would be room at 1970-01-01T00:00:01Z:"
                        + System.lineSeparator() + "  m: rate limit (429)");
        assertThat(hidden.shown(failure(Reason.STREAM_INTERRUPTED))).startsWith("the answer broke off");
        assertThat(hidden.shown(failure(Reason.TOO_LARGE, attempt()))).startsWith("the prompt is too large for every");
        assertThat(hidden.shown(failure(Reason.TOO_LARGE))).startsWith("failed:");
        assertThat(hidden.shown(failure(Reason.FILTERED, attempt())))
                .isEqualTo(
                        "the service's content filter blocked it: limit reached in organization org_7 of an account");
        assertThat(hidden.shown(failure(Reason.FILTERED))).startsWith("failed:");
    }

    @Test
    void idsOfAccounts_areTakenOutOfText_andNothingElse() {
        Disclosure hidden = disclosure(KEYED);
        assertThat(hidden.shown("account hf-1: bad; account 'hf-1-b' isn't on route 'hf-1'; account hf-12 is another"))
                .isEqualTo("an account: bad; an account isn't on route 'hf-1'; account hf-12 is another");
        assertThat(hidden.shown("account two words: no, account two: yes"))
                .isEqualTo("an account: no, an account: yes");
    }

    @Test
    void operator_isToldEverything() {
        PromptException failure = failure(Reason.ATTEMPTS_EXHAUSTED, attempt());
        for (GatewaySettings settings : List.of(GatewaySettings.DEFAULT, KEYED.withShowAccounts(true))) {
            assertThat(disclosure(settings).shown(failure)).isEqualTo(failure.getMessage());
        }
    }
}
