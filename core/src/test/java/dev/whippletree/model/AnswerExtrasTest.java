package dev.whippletree.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AnswerExtrasTest {

    private static AnswerExtras answer(String name, Object value) {
        return new AnswerExtras(Map.of(name, value), Map.of(), Map.of());
    }

    private static AnswerExtras choice(String name, Object value) {
        return new AnswerExtras(Map.of(), Map.of(name, value), Map.of());
    }

    private static AnswerExtras message(String name, Object value) {
        return new AnswerExtras(Map.of(), Map.of(), Map.of(name, value));
    }

    @Test
    void laterFieldOfAnAnswer_replacesTheEarlier_butObjectsAreMerged() {
        assertThat(answer("tier", "auto").plus(answer("tier", "flex"))).isEqualTo(answer("tier", "flex"));
        assertThat(answer("cites", List.of(1)).plus(answer("cites", List.of(1, 2))))
                .isEqualTo(answer("cites", List.of(1, 2)));
        assertThat(answer("x_groq", Map.of("id", "r", "seed", 1L)).plus(answer("x_groq", Map.of("usage", Map.of()))))
                .isEqualTo(answer("x_groq", Map.of("id", "r", "seed", 1L, "usage", Map.of())));
    }

    @Test
    void listsOfAChoice_areAppended_atAnyLevel() {
        AnswerExtras one = choice("logprobs", Map.of("content", List.of(Map.of("token", "a"))));
        AnswerExtras same = choice("logprobs", Map.of("content", List.of(Map.of("token", "a"))));

        assertThat(one.plus(same))
                .isEqualTo(choice("logprobs", Map.of("content", List.of(Map.of("token", "a"), Map.of("token", "a")))));
        assertThat(choice("severity", "safe").plus(choice("severity", "safe"))).isEqualTo(choice("severity", "safe"));
    }

    @Test
    void textsAndListsOfAMessage_arePieces() {
        assertThat(message("audio", Map.of("data", "AB")).plus(message("audio", Map.of("data", "CD", "until", 7L))))
                .isEqualTo(message("audio", Map.of("data", "ABCD", "until", 7L)));
        assertThat(message("annotations", List.of(1)).plus(message("annotations", List.of(2))))
                .isEqualTo(message("annotations", List.of(1, 2)));
    }

    @Test
    void sum_isTheSame_howeverItIsGrouped_andChangesNoPart() {
        List<AnswerExtras> parts = new ArrayList<>();
        for (long index = 0; index < 20; index++) {
            parts.add(new AnswerExtras(
                    Map.of("last", index, "usage", Map.of("at" + index % 3, index)),
                    Map.of("logprobs", Map.of("content", List.of(index), "top", Map.of("all", List.of(index)))),
                    Map.of("said", "word" + index)));
        }
        List<AnswerExtras> before = List.copyOf(parts);
        AnswerExtras oneByOne = parts.stream().reduce(AnswerExtras.NONE, AnswerExtras::plus);
        AnswerExtras twoHalves =
                AnswerExtras.sum(parts.subList(0, 9)).plus(AnswerExtras.sum(parts.subList(9, parts.size())));

        assertThat(AnswerExtras.sum(parts)).isEqualTo(oneByOne).isEqualTo(twoHalves);
        assertThat(parts).isEqualTo(before);
        assertThat(oneByOne.message().get("said").toString())
                .startsWith("word0word1")
                .endsWith("word19");
    }

    @Test
    void nullField_isAbsent_butItsMembersMayBeNull_andReplaceNothing() {
        Map<String, Object> inner = new HashMap<>();
        inner.put("bytes", null);
        Map<String, Object> fields = new HashMap<>();
        fields.put("gone", null);
        fields.put("token", inner);
        AnswerExtras kept = new AnswerExtras(Map.of(), fields, Map.of());

        assertThat(kept.choice()).isEqualTo(Map.of("token", inner));
        assertThat(choice("token", Map.of("bytes", List.of(1))).plus(kept))
                .isEqualTo(choice("token", Map.of("bytes", List.of(1))));
    }

    @Test
    void laterChanges_changeNothing_andOthersThanJsonAreRefused() {
        List<Object> list = new ArrayList<>(Arrays.asList(1L, null));
        AnswerExtras extras = answer("list", list);
        list.add(2L);

        assertThat(extras.answer().get("list")).isEqualTo(Arrays.asList(1L, null));
        assertThatThrownBy(() -> extras.answer().put("x", 1L)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> answer("x", new Object())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> answer("x", Double.POSITIVE_INFINITY)).hasMessageEndingWith("not Infinity");
        assertThatThrownBy(() -> answer("x", Map.of(1, 2))).hasMessage("a JSON object's keys are strings, not 1");
        Object deep = 1L;
        for (int level = 0; level < 99; level++) {
            deep = List.of(deep);
        }
        assertThat(answer("x", deep).answer()).containsEntry("x", deep);
        Object tooDeep = List.of(deep);
        assertThatThrownBy(() -> answer("x", tooDeep)).hasMessageContaining("deeper than 100");
    }

    @Test
    void size_countsTextsAndValues_andToStringShowsNeither() {
        AnswerExtras extras = message("secret", List.of("x".repeat(1000), Collections.nCopies(100, 1L)));

        assertThat(extras.size()).isBetween(1000L + 100 * 8, 1000L + 103 * 32);
        assertThat(AnswerExtras.NONE.size()).isZero();
        assertThat(extras.toString()).contains("secret").doesNotContain("xx");
    }
}
