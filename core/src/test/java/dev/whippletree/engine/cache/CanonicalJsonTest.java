package dev.whippletree.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.cache.PromptKeys.CanonicalJson;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CanonicalJsonTest {

    @Test
    void keysAreSorted_atEveryDepth() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("b", Map.of("z", 1, "y", 2));
        object.put("a", List.of(true, "x"));
        assertThat(CanonicalJson.write(object)).isEqualTo("{\"a\":[true,\"x\"],\"b\":{\"y\":2,\"z\":1}}");
    }

    @Test
    void keyWithoutAValue_isLeftOut_butNotWithinAList() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("gone", null);
        object.put("list", Arrays.asList(1, null));
        assertThat(CanonicalJson.write(object)).isEqualTo("{\"list\":[1,null]}");
    }

    @Test
    void emptyOnes_areNotEqualToEachOther() {
        assertThat(CanonicalJson.write(Map.of("x", List.of()))).isEqualTo("{\"x\":[]}");
        assertThat(CanonicalJson.write(Map.of("x", Map.of()))).isEqualTo("{\"x\":{}}");
        assertThat(CanonicalJson.write(Map.of("x", ""))).isEqualTo("{\"x\":\"\"}");
    }

    @Test
    void controlCharactersQuotesAndBackslashes_areEscaped() {
        assertThat(CanonicalJson.write(Map.of("x", "\"\\\n\u0001"))).isEqualTo("{\"x\":\"\\\"\\\\\\u000a\\u0001\"}");
    }

    @Test
    void numbers_areWrittenByValue() {
        for (Number one : new Number[] {1, 1L, 1.0, 1f, new BigDecimal("1.000")}) {
            assertThat(CanonicalJson.write(Map.of("n", one))).isEqualTo("{\"n\":1}");
        }
        assertThat(CanonicalJson.write(Map.of("n", 1e21)))
                .isEqualTo(CanonicalJson.write(Map.of("n", new BigDecimal("1000000000000000000000"))));
    }

    @Test
    void numberOfAbsurdSize_takesNoMemory() {
        assertThat(CanonicalJson.write(Map.of("n", new BigDecimal("1E+1000000000"))))
                .hasSizeLessThan(100);
    }
}
