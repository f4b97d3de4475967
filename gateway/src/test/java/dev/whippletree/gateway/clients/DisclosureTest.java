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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
        List<AccountSettings> accounts = Stream.of("hf-1", "hf-1-b", "two words")
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
                Optional.of(Instant.EPOCH));
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

    @Test
    void attempts_areToldByModelKindAndStatus() {
        assertThat(disclosure(KEYED).shown(failure(Reason.ATTEMPTS_EXHAUSTED, attempt(), attempt())))
                .isEqualTo("all attempts failed:" + System.lineSeparator() + "  m: rate limit (429) (2 times)");
    }

    @Test
    void idsOfAccounts_areTakenOutOfText_andNothingElse() {
        Disclosure hidden = disclosure(KEYED);
        assertThat(hidden.shown("account hf-1: bad; account 'hf-1-b' isn't on route 'hf-1'; account hf-12 is another"))
                .isEqualTo("an account: bad; an account isn't on route 'hf-1'; account hf-12 is another");
    }

    @Test
    void operator_isToldEverything() {
        PromptException failure = failure(Reason.ATTEMPTS_EXHAUSTED, attempt());
        for (GatewaySettings settings : List.of(GatewaySettings.DEFAULT, KEYED.withShowAccounts(true))) {
            assertThat(disclosure(settings).shown(failure)).isEqualTo(failure.getMessage());
        }
    }
}
