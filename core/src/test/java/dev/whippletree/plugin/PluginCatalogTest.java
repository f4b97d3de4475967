package dev.whippletree.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whippletree.model.ConfigurationException;
import dev.whippletree.plugin.FakePlugins.Broken;
import dev.whippletree.plugin.FakePlugins.FakeCache;
import dev.whippletree.plugin.FakePlugins.FakeProvider;
import dev.whippletree.plugin.FakePlugins.FakeStrategy;
import dev.whippletree.plugin.FakePlugins.Nameless;
import dev.whippletree.plugin.FakePlugins.Twin;
import dev.whippletree.plugin.PluginCatalog.GivenPlugins;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Provider;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock(FakePlugins.LOCK)
final class PluginCatalogTest {

    private static final GivenPlugins NONE = GivenPlugins.NONE;

    private static final String HERE = Provider.class.getName() + ": ";

    @TempDir
    Path folder;

    private ServiceFiles files;

    @BeforeEach
    void createLoader() throws MalformedURLException {
        files = new ServiceFiles(folder);
    }

    @Test
    void everyKind_isFoundByName() {
        files.with(Provider.class, FakeProvider.class.getName())
                .with(Cache.class, FakeCache.class.getName())
                .with(BalancingStrategy.class, FakeStrategy.class.getName());

        PluginCatalog catalog = new PluginCatalog(files, NONE, List.of());

        assertThat(catalog.providers()).containsOnlyKeys("fake");
        assertThat(catalog.caches()).containsOnlyKeys("fake");
        assertThat(catalog.strategies()).containsOnlyKeys("fake");
        assertThat(catalog.broken()).isEmpty();
        assertThat(catalog.known().providers().settingNames("fake")).contains("fail", "close-fails");
        assertThat(catalog.accountsFrom(Map.of("FAKE_TOKEN", "x")))
                .extracting(AccountSettings::id)
                .containsExactly("fake-1");
        assertThat(catalog.accountsFrom(Map.of())).isEmpty();
        assertThat(catalog.environmentVariables()).containsEntry("FAKE_TOKEN", "anything");
        assertThat(new PluginCatalog(PluginCatalog.class.getClassLoader(), NONE, List.of()).strategies())
                .containsKey("round-robin");
    }

    @Test
    void brokenEntry_harmsNoOther_andIsToldWithClassAndPlace() {
        files.with(
                Provider.class,
                Broken.class.getName(),
                "com.acme.Missing # comment",
                Nameless.class.getName(),
                FakeProvider.class.getName());

        PluginCatalog catalog = new PluginCatalog(files, NONE, List.of());

        assertThat(catalog.providers()).containsOnlyKeys("fake");
        String classes = place();
        assertThat(catalog.broken())
                .containsExactly(
                        Broken.class.getName() + " (" + classes + "): IllegalStateException: no luck today",
                        HERE + "Provider com.acme.Missing not found (" + folder + "/)",
                        Nameless.class.getName() + " (" + classes + "): IllegalStateException: I have no name");
    }

    @Test
    void whatIsNoServiceFile_isTold() {
        files.with(Provider.class, FakeCache.class.getName()).with(Cache.class, "two words", FakeCache.class.getName());
        PluginCatalog catalog = new PluginCatalog(files, NONE, List.of());
        ClassLoader unreadable = new ClassLoader(null) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                throw new IOException("the disk is gone");
            }
        };

        assertThat(catalog.broken()).hasSize(2);
        assertThat(catalog.broken().get(0)).contains(FakeCache.class.getName(), "not a subtype");
        assertThat(catalog.broken().get(1)).contains("Illegal configuration-file syntax");
        assertThat(catalog.known().providers().unknown("groq").orElseThrow())
                .contains("none is known; plugins that couldn't be loaded: ", "not a subtype");
        assertThat(new PluginCatalog(unreadable, NONE, List.of()).broken())
                .containsExactly("IOException: the disk is gone");
    }

    @Test
    void twoOfOneName_isAnErrorThatNamesBoth() {
        files.with(Provider.class, FakeProvider.class.getName(), Twin.class.getName());

        ConfigurationException problem = catchThrowableOfType(
                ConfigurationException.class, () -> new PluginCatalog(files, NONE, List.of()).withoutDuplicates());

        assertThat(problem.problems())
                .containsExactly("two plugins are the provider 'fake': " + FakeProvider.class.getName() + " (" + place()
                        + ") and " + Twin.class.getName() + " (" + place() + "); remove one");
    }

    @Test
    void givenPlugin_takesThePlaceOfAFoundOneOfItsClass() {
        files.with(Provider.class, FakeProvider.class.getName());
        FakeProvider given = new FakeProvider();

        PluginCatalog catalog =
                new PluginCatalog(files, new GivenPlugins(List.of(given), List.of(), List.of(), List.of()), List.of());

        assertThat(catalog.providers().get("fake")).isSameAs(given);
    }

    @Test
    void variableThatCannotBeUsed_isAProblem() {
        Provider picky = new FakeProvider() {
            @Override
            public List<AccountSettings> fromEnvironment(Map<String, String> environment) {
                throw new IllegalArgumentException("FAKE_TOKEN is blank");
            }
        };
        PluginCatalog catalog =
                new PluginCatalog(files, new GivenPlugins(List.of(picky), List.of(), List.of(), List.of()), List.of());

        assertThat(catchThrowableOfType(ConfigurationException.class, () -> catalog.accountsFrom(Map.of()))
                        .problems())
                .containsExactly("environment: FAKE_TOKEN is blank");
    }

    private static String place() {
        return FakePlugins.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
    }
}
