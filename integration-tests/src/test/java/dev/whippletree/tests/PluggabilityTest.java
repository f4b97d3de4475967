package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Provider;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A stranger's provider, cache and strategy, in a jar that nobody here has seen before. */
@Tag("slow")
final class PluggabilityTest {

    private static final String ALL_THREE = """
            accounts:
              - id: first
                provider: echo
              - id: second
                provider: echo
                greeting: good morning
            routes:
              default:
                model: parrot
                strategy: last
            caches:
              - map
            """;

    /** Jars stay locked on some systems while a class loader has been using them. */
    @TempDir(cleanup = CleanupMode.NEVER)
    private Path folder;

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private Optional<URLClassLoader> opened = Optional.empty();

    @AfterEach
    void closeLoader() throws IOException {
        if (opened.isPresent()) {
            opened.get().close();
        }
    }

    @Test
    void promptGoesThroughTheJarsProviderStrategyAndCache() {
        try (Whippletree whippletree = open(ALL_THREE, wholePlugin())) {
            Completion called = answer(whippletree, "the world");
            Completion stored = answer(whippletree, "the world");

            assertThat(called.text()).isEqualTo("second says good morning to the world");
            assertThat(called.origin().source()).isEqualTo(Origin.Source.CALL);
            assertThat(stored.text()).isEqualTo(called.text());
            assertThat(stored.origin().source()).isEqualTo(Origin.Source.CACHE);
            assertThat(stored.origin().cache()).contains("map");
            assertThat(whippletree.status().pickerFaults()).isZero();
        }
    }

    @Test
    void brokenEntriesThatNothingNames_harmNobody() {
        try (Whippletree whippletree = open(ALL_THREE, unmakeable(), missing(), wholePlugin())) {
            assertThat(answer(whippletree, "the world").text()).isEqualTo("second says good morning to the world");
        }
    }

    @Test
    void brokenEntryThatIsNamed_isAnErrorThatSaysWhichJarAndWhy() {
        assertThatThrownBy(() -> open(ALL_THREE.replace("provider: echo", "provider: broken"), unmakeable()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("no provider named 'broken'")
                .hasMessageContaining("unmakeable.jar")
                .hasMessageContaining("no licence");
    }

    @Test
    void entryWithoutItsClass_isAnErrorThatSaysWhichJarAndClass() {
        assertThatThrownBy(() -> open(ALL_THREE.replace("provider: echo", "provider: absent"), missing()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("no provider named 'absent'")
                .hasMessageContaining("missing.jar")
                .hasMessageContaining("acme.AbsentProvider");
    }

    @Test
    void twoOfOneName_areAnErrorThatNamesBothJars() {
        URL rival = jar("rival.jar")
                .offers(Provider.class, "acme.RivalProvider")
                .write("AbstractSilentProvider.java", "RivalProvider.java");

        assertThatThrownBy(() -> open(ALL_THREE, wholePlugin(), rival))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'echo'")
                .hasMessageContaining("whole.jar")
                .hasMessageContaining("rival.jar");
    }

    @ParameterizedTest
    @CsvSource({
        "provider: echo, provider: ecko, no provider named 'ecko', did you mean 'echo'?",
        "strategy: last, strategy: least, no strategy named 'least', did you mean 'last'?",
        "- map, - mapp, no cache named 'mapp', did you mean 'map'?",
        "greeting: good, greetings: good, unknown key, did you mean 'greeting'?"
    })
    void unknownName_isAnErrorWithTheNearestKnownOne(String right, String wrong, String problem, String suggestion) {
        assertThatThrownBy(() -> open(ALL_THREE.replace(right, wrong), wholePlugin()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("plugged.yaml")
                .hasMessageContaining(problem)
                .hasMessageContaining(suggestion);
    }

    private URL wholePlugin() {
        return jar("whole.jar")
                .offers(Provider.class, "acme.EchoProvider")
                .offers(Cache.class, "acme.MapCache")
                .offers(BalancingStrategy.class, "acme.LastStrategy")
                .write("EchoProvider.java", "MapCache.java", "LastStrategy.java");
    }

    private URL unmakeable() {
        return jar("unmakeable.jar")
                .offers(Provider.class, "acme.BrokenProvider")
                .write("AbstractSilentProvider.java", "BrokenProvider.java");
    }

    private URL missing() {
        return jar("missing.jar").offers(Provider.class, "acme.AbsentProvider").write("AbstractSilentProvider.java");
    }

    private PluginJar jar(String name) {
        return new PluginJar(folder, name);
    }

    private Whippletree open(String yaml, URL... jars) {
        URLClassLoader loader = new URLClassLoader(jars, PluggabilityTest.class.getClassLoader());
        opened = Optional.of(loader);
        return Whippletree.builder()
                .configuration(file(yaml))
                .environment(Map.of())
                .classLoader(loader)
                .timeline(timeline)
                .build();
    }

    private Path file(String yaml) {
        try {
            return Files.writeString(folder.resolve("plugged.yaml"), yaml);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Completion answer(Whippletree whippletree, String text) {
        CompletableFuture<Completion> answer = whippletree.complete(Prompt.of(text));
        timeline.advance(Duration.ofSeconds(1));
        assertThat(answer).isCompleted();
        return answer.join();
    }
}
