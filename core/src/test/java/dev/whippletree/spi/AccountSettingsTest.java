package dev.whippletree.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.Credit;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AccountSettingsTest {

    private static final Secret TOKEN = Secret.of("token");
    private static final Limit HOURLY = Limit.requests(1000, Duration.ofHours(1));

    @Test
    void toBuilder_keepsEachValue() {
        AccountSettings account = AccountSettings.builder("hf-1", "huggingface")
                .token(TOKEN)
                .organization("acme")
                .weight(3)
                .maxConcurrency(7)
                .transit(Duration.ofMillis(90))
                .limit("1000 requests / 1h")
                .limit(HOURLY, "small")
                .limitScope(Reach.MODEL)
                .credit(Credit.parse("2.00 usd / month"))
                .setting("base-url", "http://localhost")
                .settings(Map.of("bill-to", "acme"))
                .build();

        assertThat(account.limits())
                .containsExactly(
                        new DeclaredLimit(HOURLY, Optional.empty()), new DeclaredLimit(HOURLY, Optional.of("small")));
        assertThat(account.settings())
                .isEqualTo(new Settings("account hf-1", Map.of("base-url", "http://localhost", "bill-to", "acme")));
        assertThat(account.toBuilder().build()).isEqualTo(account);
        assertThat(account.withToken(Optional.empty()).token()).isEmpty();
        assertThat(account.withToken(Optional.of(TOKEN))).isEqualTo(account);
    }

    @Test
    void whatIsMissingOrNoScope_isRefusedWithItsAccount() {
        AccountSettings.Builder builder = AccountSettings.builder("a", "groq");
        assertThat(builder.build())
                .isEqualTo(AccountSettings.of("a", "groq", Optional.empty(), Settings.none("account a")));
        for (String token : Arrays.asList(null, " ")) {
            assertThatThrownBy(() -> builder.token(token))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("account a: no token; check the variable that holds it");
        }
        assertThatThrownBy(() -> builder.weight(0).build()).hasMessage("account a: weight must be 1 or more, not 0");
        builder.weight(1);
        assertThatThrownBy(() -> builder.maxConcurrency(0).build())
                .hasMessage("account a: max-concurrency must be 1 or more, not 0");
        builder.maxConcurrency(1);
        assertThatThrownBy(() -> builder.transit(Duration.ofSeconds(-5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("account a: transit must be 0s to 1h, not PT-5S");
        assertThatThrownBy(() -> builder.transit(Duration.ofSeconds(Long.MAX_VALUE)))
                .hasMessageStartingWith("account a: transit must be 0s to 1h, not ");
        assertThat(builder.transit(Duration.ofHours(1))).isNotNull();
        assertThatThrownBy(() -> AccountSettings.builder(" ", "groq").build())
                .hasMessage("an account's id can't be empty");
        assertThatThrownBy(() -> builder.limitScope(Reach.PROMPT).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("account a: limit-scope must be MODEL or ORGANIZATION, not PROMPT");
    }
}
