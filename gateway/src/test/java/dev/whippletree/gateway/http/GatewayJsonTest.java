package dev.whippletree.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GatewayJsonTest {

    private final AtomicInteger values = new AtomicInteger();

    private Optional<Map<String, Object>> read(String text) {
        return GatewayJson.object(new ByteArrayInputStream(text.getBytes(UTF_8)), values::addAndGet);
    }

    @Test
    void everySortOfValue_isReadAsJdkTypes() {
        assertThat(read("{\"a\":[1,2.5,\"x\",true,false,null,{}],\"b\":12345678901234567890}")
                        .orElseThrow())
                .hasToString("{a=[1, 2.5, x, true, false, null, {}], b=12345678901234567890}");
        assertThat(values).hasValue(10);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | 1, column 2",
                "{\"a\":1 | 1, column 7",
                "{}] | 1, column 3",
                "{\"a\":[1} | 1, column 8",
                "{a:1} | 1, column 2",
                "{\"a\":NaN} | 1, column 9",
                "{\"a\":1,~  \"b\" 2} | 2, column 7",
            })
    void brokenJson_isRefused_sayingWhereItBreaks(String text, String place) {
        assertRefused(text.replace('~', '\n'), "isn't valid JSON: see line " + place);
    }

    @Test
    void brokenJson_isNotRepeated() {
        assertThatThrownBy(() -> read("{\"key\": sk-secret}")).hasMessageNotContaining("sk");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "[]", "1", "{} {}"})
    void whatIsNotOneObject_isNone(String text) {
        assertThat(read(text)).isEmpty();
    }

    @Test
    void whatIsNotUtf8_isRefused_sayingSo() {
        byte[] overlong = "{\"a\":\"__\"}".getBytes(UTF_8);
        overlong[6] = (byte) 0xC0;
        overlong[7] = (byte) 0xAF;
        assertThatThrownBy(() -> GatewayJson.object(new ByteArrayInputStream(overlong), values::addAndGet))
                .hasMessage("the body isn't UTF-8");
        assertThat(read("\uFEFF{\"a\":1}")).isPresent();
    }

    @Test
    void moreValuesThanTheBound_areRefused_beforeTheyAreRead() {
        String most = "{\"a\":[" + "1,".repeat(JsonTree.MOST_VALUES - 3) + "1]}";
        assertThat(read(most)).isPresent();
        assertThat(values).hasValue(JsonTree.MOST_VALUES);
        assertRefused("{\"a\":[" + "{},".repeat(5 * JsonTree.MOST_VALUES) + "{}]}", "more than 400000 values");
        assertThat(values.get()).isLessThanOrEqualTo(2 * JsonTree.MOST_VALUES);
    }

    @Test
    void deeperThanTheBound_isRefused() {
        assertThat(read(nested(JsonTree.MOST_DEPTH))).isPresent();
        assertRefused(nested(JsonTree.MOST_DEPTH + 1), "deeper than 90 levels");
        assertRefused(nested(1_000_000), "deeper than 90 levels");
        String lists =
                "{\"a\":" + "[".repeat(JsonTree.MOST_DEPTH - 1) + "1" + "]".repeat(JsonTree.MOST_DEPTH - 1) + "}";
        assertThat(read(lists)).isPresent();
        assertRefused(lists.replace("1", "[1]"), "deeper than 90 levels");
    }

    private static String nested(int depth) {
        return "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
    }

    @Test
    void longNamesAndNumbers_areRefused_longTextsAreNot() {
        assertThat(read("{\"" + "n".repeat(10_000) + "\":" + "1".repeat(1_000) + "}"))
                .isPresent();
        assertRefused("{\"" + "n".repeat(10_001) + "\":1}", "a name of more than 10000");
        assertRefused("{\"n\":" + "1".repeat(1_001) + "}", "a number of more than 1000");
        assertThat(read("{\"n\":\"" + "x".repeat(1_000_000) + "\"}")).isPresent();
    }

    /** What a request takes is counted until its end alone. */
    @Test
    void names_areNotKept_whenTheirRequestIsOver() {
        assertThat(name("{\"alpha\":1}")).isEqualTo("alpha").isNotSameAs(name("{\"alpha\":1}"));
    }

    private String name(String text) {
        return read(text).orElseThrow().keySet().iterator().next();
    }

    private void assertRefused(String text, String why) {
        assertThatThrownBy(() -> read(text)).isInstanceOfSatisfying(RequestException.class, refused -> {
            assertThat(refused.error().status()).isEqualTo(400);
            assertThat(refused.error().message()).contains(why);
        });
    }
}
