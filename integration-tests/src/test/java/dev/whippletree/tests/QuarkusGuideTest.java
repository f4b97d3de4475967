package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import java.io.File;
import java.io.StringReader;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The producer of docs/quarkus.md compiles, and opens the Whippletree of the page's settings. */
final class QuarkusGuideTest {

    private static final Path PAGE = Path.of("../docs/quarkus.md");

    @TempDir
    private Path folder;

    @Test
    void producer_opensTheWhippletreeOfTheApplicationsProperties_andClosesIt() throws Exception {
        Path source = Files.writeString(folder.resolve("WhippletreeProducer.java"), block("java"));
        List<Path> classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .toList();
        assertThat(Javac.compile(List.of(source), classPath, folder)).isEmpty();
        Properties properties = new Properties();
        properties.load(new StringReader(block("properties")));
        properties.setProperty("HF_TOKEN", "hf_secret");
        properties.setProperty("GROQ_API_KEY", "gsk_secret");

        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            Class<?> type = loader.loadClass("com.example.WhippletreeProducer");
            Object producer = type.getConstructor().newInstance();
            Whippletree whippletree =
                    (Whippletree) method(type, "whippletree", Config.class).invoke(producer, config(properties));

            assertThat(whippletree.configuration().accounts())
                    .extracting(AccountSettings::id)
                    .containsExactly("hf-1", "groq-1");
            assertThat(whippletree.configuration().accounts())
                    .extracting(account -> account.token().orElseThrow().reveal())
                    .containsExactly("hf_secret", "gsk_secret");
            assertThat(whippletree.configuration().routes())
                    .extracting(RouteSettings::deadline)
                    .containsExactly(Optional.of(Duration.ofMinutes(5)));
            assertThat(whippletree.configuration().warnings()).isEmpty();

            method(type, "close", Whippletree.class).invoke(producer, whippletree);
            assertThat(whippletree.complete(Prompt.of("too late"))).isCompletedExceptionally();
        }
    }

    private static Method method(Class<?> type, String name, Class<?> parameter) throws NoSuchMethodException {
        Method method = type.getDeclaredMethod(name, parameter);
        method.setAccessible(true);
        return method;
    }

    private static Config config(Properties properties) {
        Config config = mock(Config.class);
        when(config.getPropertyNames()).thenReturn(properties.stringPropertyNames());
        when(config.getConfigValue(any())).thenAnswer(call -> {
            ConfigValue value = mock(ConfigValue.class);
            String raw = properties.getProperty(call.getArgument(0));
            when(value.getRawValue()).thenReturn(raw);
            return value;
        });
        when(config.getOptionalValue(any(), eq(String.class)))
                .thenAnswer(call -> Optional.ofNullable(properties.getProperty(call.getArgument(0))));
        return config;
    }

    private static String block(String language) throws Exception {
        Matcher block =
                Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$").matcher(Files.readString(PAGE));
        assertThat(block.find()).isTrue();
        return block.group(1);
    }
}
