package dev.whippletree.cache.similar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.ApprovedWordings;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.ToolCall;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SimilarSettingsTest {

    private static final ApprovedWordings NONE = ApprovedWordings.NONE;

    private static SimilarSettings read(Map<String, String> values) {
        return SimilarSettings.from(new Settings("cache similar", values), NONE);
    }

    @Test
    void whatIsNotSet_isUsual() {
        assertThat(read(Map.of("mode", "Shadow")))
                .isEqualTo(new SimilarSettings(
                        "cache similar",
                        SimilarSettings.Mode.SHADOW,
                        0.01,
                        NONE,
                        "",
                        "equal",
                        10_000,
                        100,
                        128L << 20));
    }

    @Test
    void whatIsSet_isUsed() {
        assertThat(read(Map.of(
                        "mode", "serve",
                        "max-error", "2%",
                        "embedder", "minilm",
                        "verifier", "caller",
                        "questions", "200",
                        "scopes", "3",
                        "memory", "4MB")))
                .isEqualTo(new SimilarSettings(
                        "cache similar", SimilarSettings.Mode.SERVE, 0.02, NONE, "minilm", "caller", 200, 3, 4L << 20));
    }

    @ParameterizedTest
    @CsvSource({"1%, 0.01", "0.5 %, 0.005", "50%, 0.5", ".25, 0.25", "0.001, 0.001"})
    void share_isReadInEitherForm(String text, double share) {
        assertThat(read(Map.of("mode", "serve", "max-error", text)).maxError()).isEqualTo(share);
    }

    @ParameterizedTest
    @CsvSource({
        "mode, on, 'mode must be off, shadow or serve, not ''on'''",
        "mode, serve, mode serve needs max-error",
        "mode, false, there is nothing to do",
        "max-error, 51%, max-error must be a share from 0.1% to 50%",
        "max-error, 0.05%, max-error must be a share from 0.1% to 50%",
        "max-error, 2, max-error must be a share from 0.1% to 50%",
        "questions, 99, questions",
        "scopes, 0, scopes",
        "memory, 1023KB, 'memory must be 1MB or more, not 1023KB'",
        "approved, missing.txt, 'approved: missing.txt: it can''t be read; is it there?'",
        "embedder, other, 'embedder: there is no ''other''; there is none: add whippletree-embedder-minilm'",
        "verifier, equal, 'comparing questions needs an embedder, and there is none: add whippletree-embedder-minilm'"
    })
    void valueThatCannotBeUsed_isRefusedInWords(String name, String value, String message) {
        Map<String, String> values = new HashMap<>(Map.of("mode", "shadow"));
        values.put(name, value);
        FakeServices services = FakeServices.on(new VirtualTimeline(1));
        assertThatThrownBy(() -> new SimilarCache().open(new Settings("cache similar", values), services))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cache similar: " + message);
    }

    /** So 'whippletree check' reports it with its line. */
    @ParameterizedTest
    @CsvSource({"mode, on", "mode, serve", "max-error, 51%", "memory, 1023KB", "approved, missing.txt"})
    void setting_isCheckedByItsKey(String name, String value) {
        SettingKey key = SimilarSettings.KEYS.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        key.check().accept(Settings.none("cache similar"));
        assertThatThrownBy(() -> key.check().accept(new Settings("cache similar", Map.of(name, value))))
                .hasMessageStartingWith("cache similar: " + name);
    }

    @Test
    void approvedFile_countsBesidesWhatIsDeclared_ifItIsText(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("approved.txt"), "Who are you?\nIntroduce yourself\n");
        Settings settings = new Settings("cache similar", Map.of("approved", file.toString()));
        SimilarSettings both = SimilarSettings.from(settings, ApprovedWordings.parse("What next?\nAnd now?\n"));
        assertThat(both.approved().questionOf("introduce yourself")).contains("Who are you?");
        assertThat(both.approved().questionOf("and now?")).contains("What next?");

        Files.write(file, "\u00ff".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> SimilarSettings.from(settings, NONE))
                .hasMessage("cache similar: approved: " + file + ": it isn't UTF-8 text");
    }

    @ParameterizedTest
    @CsvSource({
        "Yes., yes, true",
        "'Berlin,  Germany', berlin germany, true",
        "ﬁne, fine, true",
        "5 %, 5, false",
        "-1, 1, false",
        "−1, 1, false",
        "👍, 👎, false",
        "✓, ✗, false",
        "≤ 5, ≥ 5, false",
        "कि, की, false",
        "`yes`, Yes, true",
        "yes, no, false"
    })
    void equalVerifier_goesByWords(String stored, String fresh, boolean agree) {
        assertThat(new EqualVerifier().agree("?", answer(stored), answer(fresh)))
                .isEqualTo(agree);
    }

    @Test
    void equalVerifier_comparesCallsByNameAndArguments() {
        Completion call = calling("f", "{}");
        assertThat(new EqualVerifier().agree("?", call, calling("f", "{}"))).isTrue();
        assertThat(new EqualVerifier().agree("?", call, calling("g", "{}"))).isFalse();
        assertThat(new EqualVerifier().agree("?", call, calling("f", "{\"a\":1}")))
                .isFalse();
        assertThat(new EqualVerifier().agree("?", call, answer(""))).isFalse();
    }

    private static Completion calling(String name, String arguments) {
        Completion plain = answer("");
        return new Completion(
                "",
                plain.reasoning(),
                List.of(new ToolCall("id of " + arguments, name, arguments)),
                FinishReason.TOOL_CALLS,
                plain.usage(),
                plain.origin());
    }

    private static Completion answer(String text) {
        return Replay.entry(text).completion();
    }
}
