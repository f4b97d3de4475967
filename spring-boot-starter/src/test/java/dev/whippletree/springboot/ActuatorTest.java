package dev.whippletree.springboot;

import static dev.whippletree.springboot.Application.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.status.PricedStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.env.EnvironmentEndpoint;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.MapPropertySource;
import tools.jackson.databind.json.JsonMapper;

final class ActuatorTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @Test
    void health_isUpWhileAnAccountIsOpen_andSaysWhichAreAndWhyOthersArent() throws IOException {
        String both = account("a").replace("  caches", "    - {id: b, provider: fake, token: refused}\n  caches");
        Application.of(folder, both).run(context -> {
            Prompt toB = Prompt.builder().user("Hi").account("b").build();
            assertThat(context.getBean(Whippletree.class).complete(toB)).failsWithin(LONG);
            Health health = health(context);
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails().get("accounts"))
                    .asInstanceOf(MAP)
                    .containsEntry("a", Map.of("state", "open"))
                    .extractingByKey("b", MAP)
                    .containsEntry("state", "off")
                    .extractingByKey("reason")
                    .asString()
                    .contains("token refused");
        });
    }

    @Test
    void health_isDownIfAllAccountsNeedAttention() throws IOException {
        Application.of(folder, account("b").replace("${FAKE_TOKEN}", "refused")).run(context -> {
            assertThat(context.getBean(Whippletree.class).complete(Prompt.of("Hi")))
                    .failsWithin(LONG);
            assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
        });
    }

    @Test
    void health_canBeTurnedOff() throws IOException {
        Application.of(folder, account("a"))
                .withPropertyValues("management.health.whippletree.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean("whippletreeHealthIndicator"));
    }

    @Test
    void endpoint_showsTheStatusThatTheCommandCanRead_andReloads() throws IOException {
        Application.of(folder, account("a"))
                .withPropertyValues("management.endpoints.web.exposure.include=whippletree")
                .run(context -> {
                    WhippletreeEndpoint endpoint = context.getBean(WhippletreeEndpoint.class);
                    String json = JsonMapper.shared().writeValueAsString(endpoint.status());
                    assertThat(PricedStatus.read(json).status().accounts())
                            .singleElement()
                            .satisfies(row -> assertThat(row.id()).isEqualTo("a"));
                    assertThat(json).doesNotContain(Application.TOKEN);

                    assertThat(endpoint.reload().getBody())
                            .extractingByKey("changes", LIST)
                            .isEmpty();
                    Application.write(folder, account("a") + "  routes: {main: {model: new}}\n");
                    assertThat(endpoint.reload().getBody())
                            .extractingByKey("changes", LIST)
                            .contains("route main: added");
                    assertThat(context.getBean(Whippletree.class).complete(Prompt.of("Hi")))
                            .succeedsWithin(LONG)
                            .extracting(Completion::text)
                            .isEqualTo("Hello from a, new");
                });
    }

    @Test
    void reload_readsTheFilesOfProfilesThatTheApplicationActivates() throws IOException {
        Path profile = folder.resolve("application-prod.yaml");
        Files.writeString(profile, "whippletree.routes.main.model: old");
        Application.of(folder, account("a"), "prod")
                .withPropertyValues("management.endpoints.web.exposure.include=whippletree")
                .run(context -> {
                    WhippletreeEndpoint endpoint = context.getBean(WhippletreeEndpoint.class);
                    assertThat(endpoint.reload().getBody())
                            .extractingByKey("changes", LIST)
                            .isEmpty();
                    Files.writeString(profile, "whippletree.routes.main.model: new");
                    endpoint.reload();
                    assertThat(context.getBean(Whippletree.class).complete(Prompt.of("Hi")))
                            .succeedsWithin(LONG)
                            .extracting(Completion::text)
                            .isEqualTo("Hello from a, new");
                });
    }

    /** Placeholders see the files as they are now, and imports are found beside the file that names them. */
    @Test
    void reload_readsWhatPlaceholdersStandFor_andImportedFiles() throws IOException {
        Path imported = folder.resolve("more.yaml");
        Files.writeString(imported, "my.model: old");
        String yaml = account("a") + "  routes: {main: {model: \"${my.model}\"}}\nspring.config.import: more.yaml\n";
        Application.of(folder, yaml).run(context -> {
            WhippletreeEndpoint endpoint = new WhippletreeEndpoint(context.getBean(Whippletree.class));
            assertThat(endpoint.reload().getBody())
                    .extractingByKey("changes", LIST)
                    .isEmpty();
            Files.writeString(imported, "my.model: new");
            assertThat(endpoint.reload().getBody())
                    .extractingByKey("changes", LIST)
                    .isNotEmpty();
            assertThat(context.getBean(Whippletree.class).complete(Prompt.of("Hi")))
                    .succeedsWithin(LONG)
                    .extracting(Completion::text)
                    .isEqualTo("Hello from a, new");
        });
    }

    /** Such as the defaults of a library, by {@code @PropertySource}. */
    @Test
    void reload_leavesBehindTheFilesWhatWasBehindThem() throws IOException {
        Map<String, Object> defaults = Map.of("whippletree.routes.main.model", "usual");
        Application.of(folder, account("a") + "  routes: {main: {model: mine}}\n")
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addLast(new MapPropertySource("defaults of a library", defaults)))
                .run(context -> {
                    WhippletreeEndpoint endpoint = new WhippletreeEndpoint(context.getBean(Whippletree.class));
                    assertThat(endpoint.reload().getBody())
                            .extractingByKey("changes", LIST)
                            .isEmpty();
                    Application.write(folder, account("a"));
                    endpoint.reload();
                    assertThat(context.getBean(Whippletree.class).complete(Prompt.of("Hi")))
                            .succeedsWithin(LONG)
                            .extracting(Completion::text)
                            .isEqualTo("Hello from a, usual");
                });
    }

    @Test
    void endpoint_isAbsentUnlessItIsExposed() throws IOException {
        Application.of(folder, account("a"))
                .run(context -> assertThat(context).doesNotHaveBean(WhippletreeEndpoint.class));
    }

    @Test
    void env_neverShowsATokenOfOurs_evenIfItShowsValues() throws IOException {
        String gateway = "  gateway: {watch-key: watch-0123456789, clients: [{name: c, key: key-0123456789}]}\n";
        Application.of(folder, account("a").replace("${FAKE_TOKEN}", Application.TOKEN) + gateway)
                .withPropertyValues(
                        "mine.watch=watch-0123456789",
                        "mine.key= key-0123456789",
                        "mine.header=Bearer key-0123456789",
                        "sun.java.command=app.jar --whippletree.accounts[0].token=" + Application.TOKEN,
                        "SPRING_APPLICATION_JSON={\"whippletree\":{\"gateway\":{\"watch-key\":\"watch-0123456789\"}}}")
                .run(context -> {
                    EnvironmentEndpoint env = new EnvironmentEndpoint(
                            context.getEnvironment(), List.of(context.getBean(SanitizingFunction.class)), Show.ALWAYS);
                    assertThat(value(env, "whippletree.accounts[0].token")).isEqualTo(SanitizableData.SANITIZED_VALUE);
                    assertThat(value(env, "whippletree.accounts[0].id")).isEqualTo("a");
                    assertThat(value(env, "FAKE_TOKEN")).isEqualTo(SanitizableData.SANITIZED_VALUE);
                    for (String told : List.of(
                            "mine.watch", "mine.key", "mine.header", "sun.java.command", "SPRING_APPLICATION_JSON")) {
                        assertThat(value(env, told)).as(told).isEqualTo(SanitizableData.SANITIZED_VALUE);
                    }
                    assertThat(value(env, "OTHER_TOKEN")).isEqualTo("other");
                });
    }

    @Test
    void hidden_areSecretsInEachFormOfTheirKeys() {
        for (String secret : List.of(
                "whippletree.accounts[0].token",
                "WHIPPLETREE_ACCOUNTS_0_TOKEN",
                "whippletree.gateway.watch-key",
                "WHIPPLETREE_GATEWAY_WATCHKEY",
                "whippletree.gateway.clients[3].key",
                "whippletree.caches[1].password",
                "whippletree.coordinator.uri",
                "WHIPPLETREE_GATEWAY_WATCH_KEY")) {
            assertThat(value(secret)).as(secret).isEqualTo(SanitizableData.SANITIZED_VALUE);
        }
        for (String shown :
                List.of("whippletree.caches[1].key-prefix", "whippletree.routes.token.model", "other.token")) {
            assertThat(value(shown)).as(shown).isEqualTo("x");
        }
    }

    @Test
    void hidden_isAValueWithASecretInIt_unlessThatIsAsShortAsAWord() {
        HiddenTokens hidden = new HiddenTokens(() -> Stream.of(Secret.of("01234567"), Secret.of("secret")));
        for (String told : List.of("a01234567b", "secret", " secret ")) {
            assertThat(hidden.apply(new SanitizableData(null, "mine", told)).getValue())
                    .as(told)
                    .isEqualTo(SanitizableData.SANITIZED_VALUE);
        }
        assertThat(hidden.apply(new SanitizableData(null, "mine", "a secret")).getValue())
                .isEqualTo("a secret");
    }

    private static Health health(ApplicationContext context) {
        return Objects.requireNonNull(context.getBean("whippletreeHealthIndicator", HealthIndicator.class)
                .health());
    }

    private static @Nullable Object value(EnvironmentEndpoint env, String name) {
        return Objects.requireNonNull(env.environmentEntry(name).getProperty()).getValue();
    }

    private static @Nullable Object value(String key) {
        return new HiddenTokens(Stream::empty)
                .apply(new SanitizableData(null, key, "x"))
                .getValue();
    }
}
