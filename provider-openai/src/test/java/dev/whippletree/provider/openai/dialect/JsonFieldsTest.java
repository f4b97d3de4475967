package dev.whippletree.provider.openai.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.POJONode;

class JsonFieldsTest {

    @Test
    void values_areWrittenAsAMapperWould() {
        Map<String, @Nullable Object> value = new LinkedHashMap<>();
        value.put("text", "a \"quoted\" line\nwith ünïcode \ud83d\ude00");
        value.put("numbers", List.of(1, 2L, (short) 3, 0.5, 1e300, Double.NaN, new BigDecimal("1.50")));
        value.put("large", new BigInteger("123456789012345678901234567890"));
        value.put("nested", Map.of("flags", Arrays.asList(true, false, null)));
        value.put("nothing", null);

        assertThat(JsonFields.write(value)).isEqualTo(new JsonMapper().writeValueAsBytes(value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\": [1, -2, 0.5, 1e3, true, false, null, \"x\", {}, []], \"b\": {\"c\": {\"d\": \"\\u00fc\"}}}",
                "{\"twice\": 1, \"twice\": 2}",
                "{\"large\": 123456789012345678901234567890, \"long\": 1234567890123}",
                "null",
                "\"text\"",
                "  [ ]  "
            })
    void document_isReadAsAMapperWould(String text) {
        JsonNode read = JsonFields.parse(bytes(text)).orElseThrow();

        assertThat(read.toString()).isEqualTo(new JsonMapper().readTree(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[1, 2", "{\"a\": 1} trailing", "{} {}", "no", "{\"a\": NaN}", "{a: 1}", "]"})
    void whatIsNotOneDocument_isNone(String text) {
        assertThat(JsonFields.parse(bytes(text))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"C0A2", "E080A2", "EDA080", "F4908080", "C3", "80", "FF"})
    void bytesThatAreNoCharacter_areNoDocument(String hex) {
        String quoted = "22" + hex + "22";

        assertThat(JsonFields.parse(HexFormat.of().parseHex(quoted))).isEmpty();
    }

    @Test
    void otherEncodings_areNoDocument() {
        assertThat(JsonFields.parse("{}".getBytes(StandardCharsets.UTF_16))).isEmpty();
    }

    @Test
    void byteOrderMark_isSkipped() {
        assertThat(JsonFields.parse(bytes("\uFEFF{}"))).isPresent();
    }

    @Test
    void documentNestedTooDeep_isNone() {
        assertThat(JsonFields.parse(bytes("[".repeat(100_000)))).isEmpty();
    }

    @Test
    void documentOfMoreThanAMillionParts_orDeeperThan500Levels_isNone() {
        assertThat(JsonFields.parse(bytes("[" + "0,".repeat(999_997) + "0]"))).isPresent();
        assertThat(JsonFields.parse(bytes("[" + "0,".repeat(999_998) + "0]"))).isEmpty();
        assertThat(JsonFields.parse(bytes("[".repeat(500) + "]".repeat(500)))).isPresent();
        assertThat(JsonFields.parse(bytes("[".repeat(501) + "]".repeat(501)))).isEmpty();
    }

    /** A service could fill the heap with them. */
    @Test
    void names_areNotKept_whenTheirDocumentIsOver() {
        assertThat(name("{\"alpha\":1}")).isEqualTo("alpha").isNotSameAs(name("{\"alpha\":1}"));
    }

    private static String name(String text) {
        JsonNode read = JsonFields.parse(text).orElseThrow();
        return read.properties().iterator().next().getKey();
    }

    @Test
    void numbersOfVectors_areReadHoweverMany_whatElseIsThereCounts() {
        JsonNode answer = JsonFields.parseVectors(
                        bytes("{\"a\":[[" + "0.5,".repeat(1_000_000) + "7],[]],\"b\":2,\"c\":[\"x\",1]}"))
                .orElseThrow();

        float[] vector = (float[]) ((POJONode) answer.get("a").get(0).get(0)).getPojo();
        assertThat(vector).hasSize(1_000_001).startsWith(0.5f, 0.5f).endsWith(0.5f, 7);
        ((ArrayNode) answer.get("a")).remove(0);
        assertThat(answer).hasToString("{\"a\":[[]],\"b\":2,\"c\":[\"x\",1]}");
        assertThat(JsonFields.parseVectors(bytes("[" + "[1],".repeat(500_000) + "0]")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1", "[1,", "[1,\"x\"]", "[1,[2]]", "[1,null]", "[1}", "[1] 2"})
    void vectorThatHoldsAnythingElse_isNoDocument(String text) {
        assertThat(JsonFields.parseVectors(bytes(text))).isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
