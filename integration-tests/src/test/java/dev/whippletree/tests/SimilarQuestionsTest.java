package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.whippletree.Whippletree;
import dev.whippletree.cache.similar.SimilarCache;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.model.ApprovedWordings;
import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.testkit.FakeProvider;
import dev.whippletree.time.SystemTimeline;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Durations;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wordings that somebody approved are answered by one call, without any model that compares them. */
@Tag("slow")
final class SimilarQuestionsTest {

    private static final String ONE = "Tell me about yourself";
    private static final String OTHER = "Who are you?";
    private static final ApprovedWordings WORDINGS = ApprovedWordings.of(List.of(List.of(ONE, OTHER)));

    @TempDir
    private Path folder;

    private final AtomicInteger calls = new AtomicInteger();
    private final FakeProvider service = new FakeProvider(
            "counting", call -> call.answer("answer " + calls.incrementAndGet(), Optional.of(TokenUsage.of(1, 1))));
    private final VirtualTimeline timeline = new VirtualTimeline(1);

    private Whippletree.Builder builder() {
        return Whippletree.builder().provider(service).account("a", "counting", "sesame");
    }

    private Completion ask(Whippletree whippletree, String tenant, String question) {
        Prompt prompt = Prompt.builder()
                .user("Be brief. " + question)
                .question(question)
                .tenant(tenant)
                .build();
        CompletableFuture<Completion> answer = whippletree.complete(prompt);
        timeline.advance(Duration.ofSeconds(1));
        return answer.join();
    }

    private void assertOtherWordingNeedsNoCall(Whippletree whippletree) {
        assertThat(ask(whippletree, "t", ONE).text()).isEqualTo("answer 1");
        Completion other = ask(whippletree, "t", OTHER);
        assertThat(other.text()).isEqualTo("answer 1");
        assertThat(other.origin().cache()).contains("similar");
        assertThat(calls).hasValue(1);
    }

    @Test
    void cacheOfTheProgram_answersTheOtherWording_andTenantsApart() {
        try (Whippletree whippletree = builder()
                .timeline(timeline)
                .cache(new SimilarCache(WORDINGS))
                .cache("similar")
                .build()) {
            assertOtherWordingNeedsNoCall(whippletree);
            assertThat(ask(whippletree, "another", OTHER).text()).isEqualTo("answer 2");
            assertThat(ask(whippletree, "t", "Who are they?").text()).isEqualTo("answer 3");
        }
    }

    private Whippletree.Builder configured(String similar) throws IOException {
        Path file = Files.writeString(folder.resolve("whippletree.yaml"), """
                accounts: [{ id: a, provider: counting, token: sesame }]
                caches: [ehcache, { name: similar, %s }]
                """.formatted(similar));
        return Whippletree.builder().provider(service).configuration(file).environment(Map.of());
    }

    private String approved(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("approved.txt"), text);
        return "approved: '" + file.toString().replace("'", "''") + "'";
    }

    /** YAML takes a bare off for false. */
    @ParameterizedTest
    @ValueSource(strings = {"", ", mode: off", ", mode: Off", ", mode: 'off'"})
    void configuredFile_answersTheOtherWording_andFillsTheNearerTier(String mode) throws IOException {
        try (Whippletree whippletree =
                configured(approved(WORDINGS.text()) + mode).timeline(timeline).build()) {
            assertOtherWordingNeedsNoCall(whippletree);
            assertThat(ask(whippletree, "t", OTHER).origin().cache()).contains("ehcache");
            assertThat(calls).hasValue(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mode: off|nothing to do",
                "mode: sometimes|mode must be off, shadow or serve, not 'sometimes'",
                "mode: serve|needs max-error",
                "mode: serve, max-error: 90%|max-error must be a share from",
                "mode: shadow, embedder: none|embedder: there is no 'none'",
                "approved: nowhere.txt|approved: nowhere.txt: it can't be read",
                "aproved: nowhere.txt|aproved",
                "mode: shadow, questions: 3|questions is a whole number"
            })
    void mistakesInTheSettings_areSaid(String similar, String message) throws IOException {
        Whippletree.Builder builder = configured(similar).timeline(timeline);
        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    @Test
    void gatewaysHeader_declaresTheQuestion() throws Exception {
        try (SystemTimeline real = new SystemTimeline();
                Whippletree whippletree =
                        configured(approved(WORDINGS.text())).timeline(real).build();
                Gateway gateway = Gateway.start(whippletree, GatewaySettings.DEFAULT.withPort(0), real)) {
            assertThat(post(gateway, ONE).body()).contains("answer 1");
            // The farther tiers have it once the nearest one does.
            await().atMost(Durations.ONE_MINUTE)
                    .until(() -> cache(post(gateway, ONE)).equals("ehcache"));
            HttpResponse<String> other = post(gateway, OTHER);
            assertThat(cache(other)).isEqualTo("similar");
            assertThat(other.body()).contains("answer 1");
            assertThat(calls).hasValue(1);
        }
    }

    private static String cache(HttpResponse<String> answer) {
        return answer.headers().firstValue("x-whippletree-cache").orElse("");
    }

    private static HttpResponse<String> post(Gateway gateway, String question)
            throws IOException, InterruptedException {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"Be brief. " + question + "\"}]}";
        HttpRequest request = HttpRequest.newBuilder(URI.create(gateway.baseUrl() + "/chat/completions"))
                .header("x-whippletree-question", question.replace(" ", "%20"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
