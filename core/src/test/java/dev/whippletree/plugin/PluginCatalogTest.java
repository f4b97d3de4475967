package dev.whippletree.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.spy;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.whippletree.config.DefaultConfiguration;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.plugin.FakePlugins.Broken;
import dev.whippletree.plugin.FakePlugins.FakeCache;
import dev.whippletree.plugin.FakePlugins.FakeProvider;
import dev.whippletree.plugin.FakePlugins.FakeStrategy;
import dev.whippletree.plugin.FakePlugins.Nameless;
import dev.whippletree.plugin.FakePlugins.Twin;
import dev.whippletree.plugin.FoundPlugin.PluginOrigin;
import dev.whippletree.plugin.PluginCatalog.GivenPlugins;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Provider;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    void createLoader() throws IOException {
        folder = Files.createDirectory(folder.resolve("a b+c"));
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
        assertThat(catalog.found())
                .containsExactly(usable("provider", "fake"), usable("cache", "fake"), usable("strategy", "fake"));
        PluginCatalog ours = new PluginCatalog(PluginCatalog.class.getClassLoader(), NONE, List.of());
        assertThat(ours.strategies()).containsKey("round-robin");
        assertThat(ours.found()).extracting(FoundPlugin::origin).containsOnly(PluginOrigin.BUILT_IN);
    }

    @Test
    void pluginThatIsInTwoPlaces_isToldWithBoth() throws IOException {
        String name = FakeProvider.class.getName();
        Path copy = folder.resolve(name.replace('.', '/') + ".class");
        Files.createDirectories(copy.getParent());
        Files.createFile(copy);
        files.with(Provider.class, name);
        URL[] urls = {folder.toUri().toURL()};
        try (URLClassLoader parent = new URLClassLoader(urls);
                URLClassLoader loader = new URLClassLoader(urls, parent)) {
            PluginCatalog catalog = new PluginCatalog(loader, NONE, List.of());
            assertThat(catalog.providers()).containsOnlyKeys("fake");
            assertThat(catalog.copies())
                    .containsExactly("the provider " + name + " is in " + place() + " and in " + folder
                            + "/; the first is used, so remove the others");
        }
        assertThat(new PluginCatalog(files, NONE, List.of()).copies()).isEmpty();
    }

    @Test
    void twoGivenPluginsOfAClassAndName_areDuplicates() {
        FakeProvider provider = new FakeProvider();
        assertThat(given(provider, provider).duplicates()).isEmpty();
        assertThat(given(provider, new FakeProvider()).duplicates())
                .singleElement()
                .asString()
                .startsWith("two plugins are the provider 'fake': ");
    }

    @Test
    void brokenEntry_harmsNoOther_andIsToldWithClassAndPlace() {
        files.with(
                Provider.class,
                Broken.class.getName(),
                "com.acme.Missing # comment",
                Nameless.class.getName(),
                FakeProvider.class.getName());
        files.with(Cache.class, "acme.A")
                .with(BalancingStrategy.class, "acme.B")
                .with(Coordinator.class, "acme.C");

        PluginCatalog catalog = new PluginCatalog(files, NONE, List.of());

        assertThat(catalog.providers()).containsOnlyKeys("fake");
        String classes = place();
        assertThat(catalog.broken())
                .containsExactly(
                        Broken.class.getName() + " (" + classes + "): IllegalStateException: no luck today",
                        HERE + "Provider com.acme.Missing not found (" + folder + "/)",
                        Nameless.class.getName() + " (" + classes + "): IllegalStateException: I have no name",
                        Cache.class.getName() + ": Provider acme.A not found (" + folder + "/)",
                        BalancingStrategy.class.getName() + ": Provider acme.B not found (" + folder + "/)",
                        Coordinator.class.getName() + ": Provider acme.C not found (" + folder + "/)");
        assertThat(catalog.found())
                .hasSize(7)
                .startsWith(
                        broken(classes, Broken.class.getName() + ": IllegalStateException: no luck today"),
                        broken(folder + "/", HERE + "Provider com.acme.Missing not found"),
                        broken(classes, Nameless.class.getName() + ": IllegalStateException: I have no name"),
                        usable("provider", "fake"));
    }

    private static FoundPlugin broken(String place, String reason) {
        return new FoundPlugin(
                "provider",
                Optional.empty(),
                PluginOrigin.CLASS_PATH,
                Optional.of(place),
                FoundPlugin.State.BROKEN,
                Optional.of(reason));
    }

    private static FoundPlugin usable(String kind, String name) {
        return new FoundPlugin(
                kind,
                Optional.of(name),
                PluginOrigin.CLASS_PATH,
                Optional.of(place()),
                FoundPlugin.State.USABLE,
                Optional.empty());
    }

    @Test
    void whatIsNoServiceFile_isTold() {
        files.with(Provider.class, FakeCache.class.getName(), "acme.Missing")
                .with(Cache.class, "two words", FakeCache.class.getName());
        PluginCatalog catalog = new PluginCatalog(files, NONE, List.of());
        ClassLoader unreadable = new ClassLoader(null) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                throw new IOException("the disk is gone");
            }
        };

        assertThat(catalog.broken()).hasSize(3);
        assertThat(catalog.broken().get(0)).contains(FakeCache.class.getName(), "not a subtype");
        assertThat(catalog.broken().get(2)).contains("Illegal configuration-file syntax");
        assertThat(catalog.known().providers().unknown("groq").orElseThrow())
                .contains(
                        "none is known; plugins that couldn't be loaded: ", "not a subtype", "acme.Missing not found");
        Provider newer = provider("newer");
        when(newer.settings()).thenThrow(new UnsupportedClassVersionError("version 99"));
        assertThat(given(newer).broken().get(0))
                .endsWith(": it needs a newer Java than " + Runtime.version().feature() + ": version 99");
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

        PluginCatalog catalog = given(given, new Twin());

        assertThat(catalog.providers().get("fake")).isSameAs(given);
        assertThat(catalog.found())
                .as("the found one isn't told; another class of that name is")
                .extracting(FoundPlugin::origin, FoundPlugin::state, FoundPlugin::reason)
                .containsExactly(
                        tuple(PluginOrigin.PROGRAM, FoundPlugin.State.USABLE, Optional.empty()),
                        tuple(
                                PluginOrigin.PROGRAM,
                                FoundPlugin.State.DUPLICATE,
                                Optional.of("another one has this name: " + FakeProvider.class.getName() + " ("
                                        + place() + ")")));
        files.with(Provider.class, Twin.class.getName());
        assertThat(given(given).found())
                .extracting(FoundPlugin::origin)
                .containsExactly(PluginOrigin.PROGRAM, PluginOrigin.CLASS_PATH);
    }

    @Test
    void closedWithWhatItOpened() {
        PluginCatalog catalog = spy(new PluginCatalog(
                PluginCatalog.class.getClassLoader(),
                new GivenPlugins(List.of(new FakeProvider()), List.of(), List.of(), List.of()),
                List.of()));
        List<AccountSettings> accounts =
                List.of(AccountSettings.builder("a", "fake").build());
        Assembly.of(catalog, DefaultConfiguration.of(accounts, "m", List.of()), new VirtualTimeline(1), Hooks.NONE)
                .close();
        verify(catalog).close();
    }

    @Test
    void whatPluginsDeclare_isInTheOrderOfTheirNames() {
        Provider late = provider("b");
        AccountSettings second = AccountSettings.builder("2", "b").build();
        when(late.fromEnvironment(any())).thenReturn(List.of(second));
        when(late.environmentVariables()).thenReturn(Map.of("B_TOKEN", "of b", "A_TOKEN", "of b"));
        Provider early = provider("a");
        AccountSettings first = AccountSettings.builder("1", "a").build();
        when(early.fromEnvironment(any())).thenReturn(List.of(first));
        when(early.environmentVariables()).thenReturn(Map.of("C_TOKEN", "of a"));
        List<Cache> caches = List.of(cache("z", true, true), cache("y", true, false), cache("x", false, true));
        PluginCatalog catalog = new PluginCatalog(
                files, new GivenPlugins(List.of(late, early), caches, List.of(), List.of()), List.of());

        assertThat(catalog.accountsFrom(Map.of())).containsExactly(first, second);
        assertThat(catalog.environmentVariables().keySet())
                .startsWith("C_TOKEN")
                .hasSize(3);
        assertThat(catalog.environmentVariables("b")).containsExactly("A_TOKEN", "B_TOKEN");
        assertThat(catalog.selfContainedCaches()).containsExactly("y", "z");
        assertThat(catalog.cachesOfTheProcess()).containsExactly("x", "z");
    }

    private static Cache cache(String name, boolean selfContained, boolean endsWithProcess) {
        Cache cache = mock();
        when(cache.name()).thenReturn(name);
        when(cache.isSelfContained()).thenReturn(selfContained);
        when(cache.endsWithProcess()).thenReturn(endsWithProcess);
        return cache;
    }

    private static Provider provider(String name) {
        Provider provider = mock();
        when(provider.name()).thenReturn(name);
        return provider;
    }

    private PluginCatalog given(Provider... providers) {
        return new PluginCatalog(
                files, new GivenPlugins(List.of(providers), List.of(), List.of(), List.of()), List.of());
    }

    @Test
    void variableThatCannotBeUsed_isAProblem() {
        Provider right = provider("right");
        Provider picky = provider("picky");
        when(picky.fromEnvironment(any())).thenThrow(new IllegalArgumentException("FAKE_TOKEN is blank"));
        Provider crashing = provider("crashing");
        when(crashing.fromEnvironment(any())).thenThrow(new IllegalStateException("out of luck"));
        PluginCatalog catalog = given(right, picky, crashing);

        assertThat(catchThrowableOfType(ConfigurationException.class, () -> catalog.accountsFrom(Map.of()))
                        .problems())
                .containsExactly(
                        "environment: provider crashing failed: " + ServiceEntry.locate(crashing.getClass())
                                + ": IllegalStateException: out of luck",
                        "environment: FAKE_TOKEN is blank");
    }

    private static String place() {
        return FakePlugins.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
    }
}
