package dev.whippletree.stress.interviews;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.Latency;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.time.SystemTimeline;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class StressEmulationTest {

    private static final StressSettings SETTINGS =
            StressSettings.STANDARD.withAccounts(3).withLatency(Latency.constant(Duration.ofMillis(1)));

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void accounts_areDeclaredAsTheyAreEmulated_andAnswered() throws Exception {
        try (SystemTimeline timeline = new SystemTimeline();
                StressEmulation emulation = StressEmulation.start(SETTINGS, timeline)) {
            for (AccountSettings account : emulation.accounts()) {
                assertThat(account.provider()).isEqualTo("huggingface");
                assertThat(account.maxConcurrency()).hasValue(250);
                assertThat(account.transit()).contains(Duration.ofSeconds(1));
                assertThat(account.limits())
                        .containsExactly(new AccountSettings.DeclaredLimit(
                                Limit.requests(1000, Duration.ofHours(1)), Optional.empty()));
                assertThat(ask(account).statusCode()).isEqualTo(200);
            }
            assertThat(emulation.stats().accounts()).hasSize(3).allMatch(account -> account.calls() == 1);
            assertThat(emulation.stats().strangers()).isZero();
        }
    }

    @Test
    void tightCase_failsItsFirstAccountFromTheBeginningOfTheInterviews() throws Exception {
        StressSettings settings = StressSettings.TIGHT.withLatency(Latency.constant(Duration.ZERO));
        try (SystemTimeline timeline = new SystemTimeline();
                StressEmulation emulation = StressEmulation.start(settings, timeline)) {
            emulation.begin();

            assertThat(ask(emulation.accounts().get(0)).statusCode()).isEqualTo(200);
            assertThat(settings.faults().rules().get(0).window().orElseThrow().from())
                    .isEqualTo(Duration.ofSeconds(5));
        }
    }

    private HttpResponse<String> ask(AccountSettings account) throws Exception {
        String url = account.settings().text("base-url").orElseThrow() + "/chat/completions";
        String token = account.token().map(Secret::reveal).orElseThrow();
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}"))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
