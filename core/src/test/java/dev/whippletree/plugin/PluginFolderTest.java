package dev.whippletree.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.ConfigurationException;
import dev.whippletree.plugin.PluginCatalog.GivenPlugins;
import dev.whippletree.plugin.PluginLoader.SharedPackages;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.SpiVersion;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PluginFolderTest {

    @TempDir
    private Path folder;

    private void jar(String path, String lines, Class<?>... services) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        lines.lines()
                .map(line -> line.split(": "))
                .forEach(line -> manifest.getMainAttributes().putValue(line[0], line[1]));
        Path jar = folder.resolve(path);
        Files.createDirectories(jar.getParent());
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest)) {
            for (Class<?> service : services) {
                entries.putNextEntry(new ZipEntry("META-INF/services/" + service.getName()));
                entries.write("acme.Missing".getBytes(UTF_8));
                entries.closeEntry();
            }
        }
    }

    private PluginCatalog catalog(Path of) {
        return new PluginCatalog(ClassLoader.getPlatformClassLoader(), GivenPlugins.NONE, List.of(of));
    }

    @Test
    void whatIsNoPlugin_isRefusedWithItsPlaceAndReason_asWhatItWouldBe() throws IOException {
        jar("a-silent.jar", "");
        jar("b-idle.jar", "Whippletree-Plugin: idle");
        jar("c-newer.jar", "Whippletree-Plugin: p\nWhippletree-Spi: " + (SpiVersion.CURRENT + 1), Provider.class);
        jar("d-odd.jar", "Whippletree-Plugin: p\nWhippletree-Spi: one", Provider.class);
        Files.writeString(folder.resolve("e-text.jar"), "no jar");
        Files.createDirectory(folder.resolve("f-empty"));
        jar("g-parts/one.jar", "", Cache.class);
        jar("g-parts/other.jar", "");
        jar("h-right/a.jar", "Whippletree-Plugin: p\nWhippletree-Spi: " + SpiVersion.CURRENT, Provider.class);
        jar("h-right/library.jar", "", Cache.class);
        jar("i-older.jar", "Whippletree-Plugin: p\nWhippletree-Spi: " + (SpiVersion.CURRENT - 1), Cache.class);
        jar("j-blank.jar", "Whippletree-Plugin:  ", Provider.class);
        jar("k-mixed/b.jar", "Whippletree-Plugin: p", Provider.class);
        Files.writeString(folder.resolve("k-mixed/a.jar"), "no jar");
        jar("l-shares.jar", "Whippletree-Plugin: p", Coordinator.class);
        jar(".hidden.jar", "");
        Files.writeString(folder.resolve("readme.txt"), "no jar");
        String place = folder + "/";

        PluginCatalog catalog = catalog(folder);
        List<String> broken = catalog.broken();

        assertThat(catalog.found())
                .allMatch(plugin -> plugin.origin() == FoundPlugin.PluginOrigin.PLUGIN_FOLDER
                        && plugin.state() == FoundPlugin.State.BROKEN)
                .extracting(plugin -> plugin.kind() + " "
                        + folder.relativize(Path.of(plugin.place().orElseThrow())))
                .containsExactlyInAnyOrder(
                        "plugin a-silent.jar",
                        "plugin b-idle.jar",
                        "provider c-newer.jar",
                        "provider d-odd.jar",
                        "plugin e-text.jar",
                        "plugin f-empty",
                        "cache g-parts",
                        "provider h-right/a.jar",
                        "cache i-older.jar",
                        "provider j-blank.jar",
                        "plugin k-mixed/a.jar",
                        "coordinator l-shares.jar");
        assertThat(broken.stream().distinct())
                .satisfiesExactlyInAnyOrder(
                        why -> assertThat(why)
                                .isEqualTo(place + "a-silent.jar: it has no line 'Whippletree-Plugin: <name>' in its"
                                        + " manifest, which declares a plugin"),
                        why -> assertThat(why)
                                .startsWith(place + "b-idle.jar: it declares the plugin idle, but has no file"),
                        why -> assertThat(why)
                                .startsWith(place + "c-newer.jar: it was built against version "
                                        + (SpiVersion.CURRENT + 1) + " of the plugin interfaces, and this Whippletree"
                                        + " has " + SpiVersion.CURRENT),
                        why -> assertThat(why)
                                .isEqualTo(place + "d-odd.jar: Whippletree-Spi in its manifest is 'one' and should be"
                                        + " a whole number"),
                        why -> assertThat(why).startsWith(place + "e-text.jar: it isn't a jar that can be read: "),
                        why -> assertThat(why).isEqualTo(place + "f-empty: there is no jar in it"),
                        why -> assertThat(why)
                                .startsWith(place + "g-parts: none of its jars has line 'Whippletree-Plugin: <name>'"),
                        why -> assertThat(why).endsWith("Provider acme.Missing not found (" + place + "h-right/a.jar)"),
                        why -> assertThat(why).endsWith("Provider acme.Missing not found (" + place + "i-older.jar)"),
                        why -> assertThat(why).startsWith(place + "j-blank.jar: it has no line"),
                        why -> assertThat(why).startsWith(place + "k-mixed/a.jar: it isn't a jar"),
                        why -> assertThat(why).endsWith("Provider acme.Missing not found (" + place + "l-shares.jar)"));
        assertThat(broken.stream().filter(why -> why.contains("c-newer") || why.contains("g-parts")))
                .as("told for their own kind alone")
                .hasSize(2);
    }

    @Test
    void missingPlugin_isSaidWithTheFoldersThatWereSearched() {
        assertThat(catalog(folder).known().providers().unknown("acme").orElseThrow())
                .contains(" is neither on the class path nor in " + folder + ", or was merged");
    }

    @Test
    void plugin_runsInItsOwnClassLoader_whichSharesTheInterfacesAlone() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (PluginLoader loader = new PluginLoader(
                "p", List.of(), List.of(), new SharedPackages(getClass().getClassLoader()))) {
            assertThat(loader.loadClass(Provider.class.getName())).isSameAs(Provider.class);
            assertThatThrownBy(() -> loader.loadClass(PluginCatalog.class.getName()))
                    .isInstanceOf(ClassNotFoundException.class);
            assertThat(loader.getResource("META-INF/services/" + BalancingStrategy.class.getName()))
                    .isNull();
            assertThat(PluginLoader.<ClassLoader>within(
                            loader, () -> Thread.currentThread().getContextClassLoader()))
                    .isSameAs(loader);
            assertThatThrownBy(() -> PluginLoader.within(loader, () -> {
                        throw new IllegalStateException("out of luck");
                    }))
                    .hasMessage("out of luck");
        }
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    void folderThatIsNotThere_isAProblem() {
        assertThatThrownBy(() -> catalog(folder.resolve("missing")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("plugins: " + folder.resolve("missing") + ": there is no such folder");
    }
}
