package dev.whippletree.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {

    @Test
    void values_areReadWithTheirType() {
        Settings settings = new Settings(
                "cache map",
                Map.of("timeout", "250ms", "size", "2KB", "entries", " 12 ", "shared", "True", "name", "a b"));

        assertThat(settings.duration("timeout")).contains(Duration.ofMillis(250));
        assertThat(settings.bytes("size")).contains(2048L);
        assertThat(settings.integer("entries", 1, 12)).contains(12);
        assertThat(settings.bool("shared")).contains(true);
        assertThat(settings.text("name")).contains("a b");
        assertThat(settings.duration("absent")).isEmpty();
    }

    @Test
    void wrongValue_isShownWithItsPlaceAndForm() {
        Settings settings = new Settings("cache map", Map.of("timeout", "soon", "entries", "13"));

        assertThatThrownBy(() -> settings.duration("timeout"))
                .hasMessage("cache map: timeout is a duration such as 250ms, 30s, 5m, 1h, 1d, 1w, not 'soon'");
        assertThatThrownBy(() -> settings.integer("entries", 1, 12))
                .hasMessage("cache map: entries is a whole number from 1 to 12, not '13'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"password", "token", "uri", "base-url", "client-secret", "api-key", "Token-Ttl"})
    void wrongValueOfWhatMayBeSecret_isNotShown_norInTheCause(String name) {
        Settings settings = new Settings("cache redis", Map.of(name, "open-sesame"));

        assertThatThrownBy(() -> settings.duration(name))
                .hasMessageStartingWith("cache redis: " + name + " is a duration")
                .hasMessageNotContaining("sesame")
                .hasNoCause();
    }

    @Test
    void text_hasTheNamesInOrder_andNoValue() {
        Settings settings =
                new Settings("cache redis", Map.of("uri", "redis://:open-sesame@localhost", "timeout", "250ms"));

        assertThat(settings).hasToString("settings of cache redis: [timeout, uri]");
    }
}
