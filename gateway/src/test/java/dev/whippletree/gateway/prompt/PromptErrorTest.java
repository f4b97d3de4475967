package dev.whippletree.gateway.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.clients.Disclosure;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.model.AttemptReport;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.spi.AccountSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client is told of a prompt without an answer. */
final class PromptErrorTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Disclosure ALL = new Disclosure(
            GatewaySettings.DEFAULT,
            new Configuration(List.of(), List.of(), List.of(), EngineSettings.DEFAULT, List.of()));

    /** With room in so long, if that is known: status, code, Retry-After. */
    @ParameterizedTest
    @CsvSource({
        "NO_ACCOUNT, , 503, no_account, PT1S",
        "NO_ACCOUNT, PT9S, 503, no_account, PT9S",
        "NO_ROOM_IN_TIME, PT2H, 429, rate_limit_exceeded, PT2H",
        "NO_ROOM_IN_TIME, , 429, rate_limit_exceeded,",
        "CALLER_TIMEOUT, PT59S, 429, rate_limit_exceeded, PT59S",
        "CALLER_TIMEOUT, PT61S, 429, rate_limit_exceeded, PT1M",
        "CALLER_TIMEOUT, , 429, rate_limit_exceeded, PT1M",
        "DEADLINE, , 504, deadline_exceeded, PT1S",
        "LINE_FULL, PT3S, 503, overloaded, PT3S",
        "ATTEMPTS_EXHAUSTED, , 502, upstream_failed, PT1S",
        "STREAM_INTERRUPTED, , 502, stream_interrupted, PT1S",
        "CLOSED, , 503, closing, PT1S",
        "REJECTED, , 400, invalid_request,",
        "TOO_LARGE, , 400, context_length_exceeded,",
        "FILTERED, , 400, content_filter,"
    })
    void reason_isAStatusACodeAndAWait(
            Reason reason, @Nullable Duration room, int status, String code, @Nullable Duration wait) {
        PromptException failure = new PromptException(
                reason, "why", List.of(), Optional.ofNullable(room).map(NOW::plus));
        ApiError error = PromptError.of(new CompletionException(failure), NOW, ALL);
        assertThat(error.status()).isEqualTo(status);
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.message()).startsWith("why");
        assertThat(error.retryAfter()).isEqualTo(Optional.ofNullable(wait));
    }

    /** A page of another server, such as "Not Found", has no code, and doesn't say who refuses what. */
    @ParameterizedTest
    @CsvSource({
        "bad_temperature, Not Found, Not Found",
        ", 'account hf-1, m: prompt refused (404): Not Found', 'an account, m: prompt refused (404): Not Found'"
    })
    void refusal_isInTheServicesWords_butWithoutACodeBehindOurs(@Nullable String code, String all, String hidden) {
        Failure failed = new Failure(
                FailureKind.REJECTED,
                "Not Found",
                OptionalInt.of(404),
                Optional.ofNullable(code),
                Optional.empty(),
                Reach.PROMPT);
        PromptException failure = new PromptException(
                Reason.REJECTED,
                "account hf-1, m: prompt refused (404): Not Found",
                List.of(new AttemptReport("hf-1", "m", failed, Duration.ofSeconds(1))),
                Optional.empty());
        AccountSettings account = AccountSettings.builder("hf-1", "scripted").build();
        Disclosure some = new Disclosure(
                GatewaySettings.DEFAULT.withClients(
                        List.of(new GatewaySettings.Client("acme", Secret.of("a-key-of-acme-0123"), List.of())),
                        Optional.empty()),
                new Configuration(List.of(account), List.of(), List.of(), EngineSettings.DEFAULT, List.of()));

        assertThat(PromptError.of(failure, NOW, ALL).message()).isEqualTo(all);
        assertThat(PromptError.of(failure, NOW, some).message()).isEqualTo(hidden);
        assertThat(PromptError.of(failure, NOW, some).status()).isEqualTo(404);
    }

    @Test
    void whatIsNoPromptsFailure_isTheGatewaysOwn_orSaysItself() {
        assertThat(PromptError.of(new IllegalStateException("bug"), NOW, ALL)).isEqualTo(ApiError.internal());
        assertThat(PromptError.of(new RequestException(ApiError.closing()), NOW, ALL))
                .isEqualTo(ApiError.closing());
        assertThat(PromptError.of(new ConfigurationException(List.of("no route 'r'")), NOW, ALL))
                .isEqualTo(ApiError.noSuchModel("no route 'r'"));
    }
}
