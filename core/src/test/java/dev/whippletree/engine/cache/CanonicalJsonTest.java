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
    void keysAreSortedAtEveryDepth_textsEscaped_andMissingValuesLeftOutButInLists() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("gone", null);
        object.put("b", Map.of("z", 1, "y", "\"\\\n\u0001"));
        object.put("a", Arrays.asList(true, null, List.of(), Map.of(), ""));
        assertThat(CanonicalJson.write(object))
                .isEqualTo("{\"a\":[true,null,[],{},\"\"],\"b\":{\"y\":\"\\\"\\\\\\u000a\\u0001\",\"z\":1}}");
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
