package dev.whippletree.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.Configuration.CacheTierSettings;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Prompt;
import dev.whippletree.plugin.FakePlugins.FakeCache;
import dev.whippletree.plugin.FakePlugins.FakeProvider;
import dev.whippletree.plugin.FakePlugins.FakeStrategy;
import dev.whippletree.plugin.PluginCatalog.GivenPlugins;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import dev.whippletree.time.VirtualTimeline;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock(FakePlugins.LOCK)
final class AssemblyTest {

    private final FakeProvider provider = new FakeProvider();
    private final PluginCatalog catalog = new PluginCatalog(
            new URLClassLoader(new URL[0], null),
            new GivenPlugins(List.of(provider), List.of(new FakeCache()), List.of(new FakeStrategy()), List.of()),
            List.of());

    @BeforeEach
    void forget() {
        FakePlugins.EVENTS.clear();
    }

    @Test
    void everythingIsOpened_andClosedOnceInReverse_thoughOneFailsToClose() {
        Assembly assembly = assemble(account("a", Map.of()), account("b", Map.of("close-fails", "yes")));

        assertThat(assembly.engine().status().accounts()).hasSize(2);
        assertThat(FakePlugins.EVENTS).containsExactly("open a", "open b", "open strategy", "open cache");
        FakePlugins.EVENTS.clear();
        assembly.close();
        assertThat(FakePlugins.EVENTS).containsExactly("close cache", "close b", "close a");
        assembly.close();
        assertThat(FakePlugins.EVENTS).hasSize(3);
    }

    @Test
    void everyRefusal_isToldAtOnce_andWhatWasOpenedIsClosed() {
        Configuration configuration = new Configuration(
                List.of(
                        account("a", Map.of()),
                        account("b", Map.of("fail", "refuse")),
                        account("c", Map.of("fail", "crash"))),
                List.of(route(Map.of("share", "much"), "a")),
                List.of(new CacheTierSettings("fake", new Settings("cache fake", Map.of("size", "none")))),
                EngineSettings.DEFAULT,
                List.of());

        ConfigurationException problem = catchThrowableOfType(
                ConfigurationException.class,
                () -> Assembly.of(catalog, configuration, new VirtualTimeline(1), Hooks.NONE));

        assertThat(problem.problems())
                .containsExactly(
                        "account b: fail is refused",
                        "account c: the plugin failed: " + ServiceEntry.locate(FakeProvider.class)
                                + ": IllegalStateException: out of luck",
                        "route r: share is a whole number from 1 to 10, not 'much'",
                        "cache fake: size is a whole number from 1 to 10, not 'none'");
        assertThat(FakePlugins.EVENTS).containsExactly("open a", "close a");
    }

    @Test
    void warningsAndSeparateAccounts_areInTheStatus() {
        Configuration configuration = new Configuration(
                List.of(account("a", Map.of()), account("b", Map.of())),
                List.of(route(Map.of(), "a", "b")),
                List.of(),
                EngineSettings.DEFAULT,
                List.of("f.yaml: a literal token"));

        List<String> notes = Assembly.of(catalog, configuration, new VirtualTimeline(1), Hooks.NONE)
                .engine()
                .status()
                .notes();

        assertThat(notes).hasSize(2).first().isEqualTo("f.yaml: a literal token");
        assertThat(notes.get(1)).startsWith("The fake accounts a, b count as 2 organizations");
    }

    @Test
    void servicesGivenToPlugins_areTheTimelines_andAnswerPrompts() {
        assemble(account("a", Map.of()));

        assertThat(provider.services().nanoTime()).isZero();
        assertThat(provider.services().clock().instant()).isEqualTo(new VirtualTimeline(1).now());
        assertThat(provider.services().logger("fake").getName())
                .startsWith("dev.whippletree.")
                .endsWith("fake");
        assertThat(provider.services().complete(Prompt.of("Hello")).toCompletableFuture())
                .isCompletedWithValueMatching(answer -> answer.text().startsWith("answer of a"));
    }

    private Assembly assemble(AccountSettings... accounts) {
        String[] ids = Arrays.stream(accounts).map(AccountSettings::id).toArray(String[]::new);
        Configuration configuration = new Configuration(
                List.of(accounts),
                List.of(route(Map.of(), ids)),
                List.of(new CacheTierSettings("fake", Settings.none("cache fake"))),
                EngineSettings.DEFAULT,
                List.of());
        return Assembly.of(catalog, configuration, new VirtualTimeline(1), Hooks.NONE);
    }

    private static AccountSettings account(String id, Map<String, String> settings) {
        return AccountSettings.of(id, "fake", Optional.empty(), new Settings("account " + id, settings));
    }

    private static RouteSettings route(Map<String, String> strategySettings, String... accounts) {
        List<TargetSettings> targets =
                Arrays.stream(accounts).map(id -> new TargetSettings(id, "m")).toList();
        RouteSettings plain = RouteSettings.of("r", List.of(new Tier(targets)));
        return plain.toBuilder()
                .strategy("fake", new Settings("route r", strategySettings))
                .build();
    }
}
