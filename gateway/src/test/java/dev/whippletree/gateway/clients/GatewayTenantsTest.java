package dev.whippletree.gateway.clients;

import static dev.whippletree.gateway.RunningGateway.client;
import static dev.whippletree.gateway.RunningGateway.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.OverGateway;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Secret;
import dev.whippletree.testkit.logging.LoggedLines;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one client may do and see, and that none can harm another. */
final class GatewayTenantsTest extends OverGateway {

    private static final String KEY = "key-of-acme-0123456789";
    private static final String OTHER_KEY = "key-of-other-0123456789";

    private static String hi(String model) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    }

    private HttpResponse<String> ask(String key, String body) throws Exception {
        return running.post(body, "Authorization", "Bearer " + key);
    }

    private List<String> names(String key) throws Exception {
        HttpResponse<String> response = running.get("/v1/models", "Authorization", "Bearer " + key);
        List<String> names = new ArrayList<>();
        List<?> data = (List<?>) RunningGateway.json(response).getOrDefault("data", List.of());
        data.forEach(model -> names.add(String.valueOf(((Map<?, ?>) model).get("id"))));
        return names;
    }

    @Test
    void keyInEitherHeader_isAKeyOnEveryPath() throws Exception {
        String watch = "watch-key-0123456789";
        reopen(with(client("acme", KEY), client("other", OTHER_KEY))
                .withClients(List.of(client("acme", KEY), client("other", OTHER_KEY)), Optional.of(Secret.of(watch))));
        for (String[] shown : new String[][] {
            {"x-api-key", KEY},
            {"Authorization", "Bearer " + KEY},
            {"x-api-key", " " + KEY + " ", "Authorization", "Bearer " + KEY},
            {"x-api-key", KEY, "Authorization", "Basic YTpi"},
            {"x-api-key", "", "Authorization", "Bearer " + KEY}
        }) {
            assertThat(running.post(hi("fast"), shown).statusCode()).isEqualTo(200);
            assertThat(running.get("/v1/models", shown).statusCode()).isEqualTo(200);
            assertThat(running.postTo("/v1/confirmations", "{\"id\":\"x\",\"right\":true}", shown)
                            .body())
                    .contains("no recent answer");
            assertThat(running.get("/status", shown).body()).contains("it isn't gateway.watch-key");
        }
        assertThat(running.provider.call().prompt().tenant()).isEqualTo("acme");
        assertThat(running.get("/status", "x-api-key", watch).statusCode()).isEqualTo(200);
        assertThat(running.get("/metrics", "x-api-key", watch).statusCode()).isEqualTo(200);
        assertThat(running.get("/v1/models").body())
                .contains("send your key as 'Authorization: Bearer <key>' or as 'x-api-key: <key>'");
        assertThat(running.get("/v1/models", "x-api-key", "another").body()).contains("unknown key");
    }

    /** A proxy that looks at one of them couldn't know whose the request is. */
    @Test
    void twoDifferentKeys_areNobodys() throws Exception {
        reopen(with(client("acme", KEY), client("other", OTHER_KEY)));
        for (String other : List.of(OTHER_KEY, "sk-ant-of-somebody")) {
            for (String[] shown : new String[][] {
                {"x-api-key", KEY, "Authorization", "Bearer " + other},
                {"x-api-key", other, "Authorization", "Bearer " + KEY}
            }) {
                HttpResponse<String> refused = running.post(hi("fast"), shown);
                assertThat(refused.statusCode()).isEqualTo(401);
                assertThat(refused.body()).contains("two different keys", "ANTHROPIC_AUTH_TOKEN");
            }
        }
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @Test
    void clientOfSomeRoutes_namesThoseAlone_andItsFirstIsItsDefault() throws Exception {
        reopen(with(client("acme", KEY).within(List.of(), List.of("good"))).withShowAccounts(true));

        assertThat(names(KEY))
                .containsExactly("good", "large-model", "small-model", "one/large-model", "two/small-model");
        for (String foreign : List.of("fast", "one/small-model")) {
            assertThat(ask(KEY, hi(foreign)).statusCode()).as(foreign).isEqualTo(404);
        }
        assertThat(running.provider.unseenCalls()).isZero();
        assertThat(ask(KEY, hi("x").replace("\"model\":\"x\",", "")).statusCode())
                .isEqualTo(200);
        assertThat(running.provider.call().prompt().route()).contains("good");
        assertThat(ask(KEY, hi("small-model")).headers().firstValue("x-whippletree-account"))
                .contains("two");
    }

    @Test
    void clientOfSomeAccounts_isAnsweredByThoseAlone_whateverItNames() throws Exception {
        reopen(with(client("acme", KEY).within(List.of("two"), List.of())).withShowAccounts(true));

        assertThat(names(KEY)).containsExactly("good", "small-model", "two/small-model");
        for (String foreign : List.of("fast", "large-model", "one/small-model")) {
            assertThat(ask(KEY, hi(foreign)).statusCode()).as(foreign).isEqualTo(404);
        }
        for (String own : List.of("good", "small-model", "two/small-model")) {
            assertThat(ask(KEY, hi(own)).headers().firstValue("x-whippletree-account"))
                    .as(own)
                    .contains("two");
        }
    }

    @Test
    void accountsThatAreNotShown_standNowhereInAnswers() throws Exception {
        reopen(with(client("acme", KEY)));

        assertThat(names(KEY)).containsExactly("fast", "good", "gpt-4o-mini", "small-model", "large-model");
        assertThat(running.get("/v1/models", "Authorization", "Bearer " + KEY).body())
                .doesNotContain("\"owned_by\":\"one\"");
        assertThat(ask(KEY, hi("one/small-model")).statusCode()).isEqualTo(404);
        for (String body : List.of(hi("fast"), hi("fast").replace("{\"model", "{\"stream\":true,\"model"))) {
            HttpResponse<String> answer = ask(KEY, body);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("x-whippletree-account")).isEmpty();
            assertThat(answer.body())
                    .contains("\"whippletree\"", "\"attempts\"")
                    .doesNotContain("\"account\"");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void accounts_standInErrors_onlyIfTheyAreShown(boolean shown) throws Exception {
        reopen(with(client("acme", KEY)).withShowAccounts(shown));
        running.provider.usually(
                call -> call.fail(Failure.of(FailureKind.UNAUTHORIZED, "account one: refused for organization org_7")));

        HttpResponse<String> error = ask(KEY, hi("fast"));

        RunningGateway.assertError(error, 503, "no_account", "no account can answer");
        assertThat(error.body().contains("account one")).isEqualTo(shown);
        assertThat(error.body().contains("org_7")).isEqualTo(shown);
        assertThat(running.gateway.reload(running.settings(client("acme", KEY)).withShowAccounts(!shown)))
                .as("needs a restart")
                .isFalse();
        assertThat(names(KEY).contains("one/small-model")).isEqualTo(!shown);
    }

    @Test
    void keyThatCannotBeRead_refusesItsClientAlone_andIsLoggedWhenThatChanges() throws Exception {
        AtomicReference<String> trouble = new AtomicReference<>("");
        Secret file = Secret.from(() -> {
            String why = String.valueOf(trouble.get());
            if (!why.isEmpty()) {
                throw new IllegalStateException(why);
            }
            return KEY;
        });
        reopen(with(new GatewaySettings.Client("acme", file, List.of()), client("other", OTHER_KEY)));
        assertThat(ask(KEY, hi("fast")).statusCode()).isEqualTo(200);
        try (LoggedLines logged = new LoggedLines(ExpectedKey.class)) {
            trouble.set("the file is away");
            for (int time = 0; time < 2; time++) {
                assertThat(ask(KEY, hi("fast")).statusCode()).isEqualTo(401);
                assertThat(ask(OTHER_KEY, hi("fast")).statusCode()).isEqualTo(200);
                assertThat(names(OTHER_KEY)).isNotEmpty();
            }
            assertThat(logged.all()).hasSize(1);
            trouble.set("the file is empty");
            assertThat(ask(KEY, hi("fast")).statusCode()).isEqualTo(401);
            trouble.set("");
            assertThat(ask(KEY, hi("fast")).statusCode()).isEqualTo(200);
            assertThat(logged.all())
                    .hasSize(3)
                    .allMatch(line -> line.contains("client acme"))
                    .noneMatch(line -> line.contains(KEY));
            assertThat(logged.all().get(0)).startsWith("WARN").contains("the file is away");
            assertThat(logged.all().get(1)).startsWith("WARN").contains("the file is empty");
            assertThat(logged.all().get(2)).startsWith("INFO");
        }
    }

    @Test
    void keyThatTwoHaveByNow_isTheFirstOnes_andTheOtherIsRefused() throws Exception {
        AtomicReference<String> key = new AtomicReference<>(KEY);
        AtomicReference<String> otherKey = new AtomicReference<>(OTHER_KEY);
        reopen(with(
                new GatewaySettings.Client("acme", Secret.from(key::get), List.of()).within(List.of(), List.of("good")),
                new GatewaySettings.Client("other", Secret.from(otherKey::get), List.of())));

        key.set(OTHER_KEY);

        assertThat(ask(KEY, hi("good")).statusCode()).isEqualTo(401);
        try (LoggedLines log = new LoggedLines(Clients.class)) {
            assertThat(names(OTHER_KEY)).contains("fast");
            assertThat(log.all())
                    .singleElement()
                    .asString()
                    .contains("client acme", "client other", "each its own key");
        }
        otherKey.set("new-" + OTHER_KEY);
        assertThat(names(OTHER_KEY)).as("it is free").contains("good").doesNotContain("fast");
        assertThat(names("new-" + OTHER_KEY)).contains("fast");
        otherKey.set(OTHER_KEY);
        key.set("new-" + OTHER_KEY);
        assertThat(names(OTHER_KEY)).as("both have changed places").contains("fast");
        assertThat(names("new-" + OTHER_KEY)).contains("good").doesNotContain("fast");
    }

    private static void assertRefused(GatewaySettings settings, String... words) {
        assertThatThrownBy(() -> new RunningGateway(settings).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(words)
                .message()
                .doesNotContain(KEY);
    }

    @Test
    void settingsThatDoNotFit_areRefusedAtTheStart() {
        assertRefused(with(client("acme", KEY), client("other", KEY)), "client 'acme' and client 'other'", "same key");
        assertRefused(
                with(client("acme", KEY)).withClients(List.of(client("acme", KEY)), Optional.of(Secret.of(KEY))),
                "client 'acme' and gateway.watch-key");
        assertRefused(
                with(client("acme", KEY).within(List.of("oen"), List.of("fats"))),
                "no account named 'oen'",
                "no route named 'fats'");
        assertRefused(
                with(client("acme", KEY).within(List.of("two"), List.of("fast"))), "no route that this client may use");
        assertRefused(
                with(client("acme", KEY).withWeight(4)),
                "client 'acme': its weight is 4 in this client, but 1 in the configuration behind the gateway",
                "tenant-weights");
        Secret away = Secret.from(() -> {
            throw new IllegalStateException("the file is away");
        });
        assertRefused(with(new GatewaySettings.Client("acme", away, List.of())), "client 'acme'", "the file is away");
    }

    @ParameterizedTest
    @CsvSource({
        "no clients, 127.0.0.1, there are no clients any more",
        "no clients, 0.0.0.0, add clients with keys",
        "no watch key, 0.0.0.0, there is no watch-key any more; to run without one",
        "same keys, 0.0.0.0, same key",
        "unreadable key, 0.0.0.0, the file is away",
        "unknown route, 0.0.0.0, no route named 'nowhere'"
    })
    void reloadThatCannotBeUsed_leavesEverythingAsItWas(String mistake, String host, String words) throws Exception {
        Optional<Secret> watch = Optional.of(Secret.of("watch-key-0123456789"));
        reopen(GatewaySettings.DEFAULT
                .withClients(List.of(client("acme", KEY).within(List.of(), List.of("good"))), watch)
                .withHost(host));
        assertThat(running.gateway.baseUrl()).isEqualTo("http://127.0.0.1:" + running.gateway.port() + "/v1");
        List<String> before = names(KEY);
        GatewaySettings bad = switch (mistake) {
            case "no clients" -> GatewaySettings.DEFAULT.withClients(List.of(), watch);
            case "no watch key" -> with(client("acme", KEY));
            case "same keys" -> with(client("other", OTHER_KEY), client("another", OTHER_KEY));
            case "unreadable key" ->
                with(new GatewaySettings.Client(
                        "other",
                        Secret.from(() -> {
                            throw new IllegalStateException("the file is away");
                        }),
                        List.of()));
            default -> with(client("other", OTHER_KEY).within(List.of(), List.of("nowhere")));
        };

        assertThatThrownBy(() -> running.gateway.reload(bad))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);

        assertThat(running.post(hi("good")).statusCode()).isEqualTo(401);
        assertThat(running.get("/status").statusCode()).isEqualTo(401);
        assertThat(ask(OTHER_KEY, hi("good")).statusCode()).isEqualTo(401);
        assertThat(running.provider.unseenCalls()).isZero();
        assertThat(ask(KEY, hi("good")).statusCode()).isEqualTo(200);
        assertThat(names(KEY)).isEqualTo(before);
    }
}
