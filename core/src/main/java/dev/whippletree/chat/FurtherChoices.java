package dev.whippletree.chat;

import dev.whippletree.model.AnswerExtras;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The choices of a chat completion beyond the first. Stateless. */
public final class FurtherChoices {

    private FurtherChoices() {}

    /** Returns them with what the first choice always has, since some clients require it. */
    public static List<?> of(AnswerExtras extras) {
        return extras.answer().get("choices") instanceof List<?> choices
                ? choices.stream().map(FurtherChoices::complete).toList()
                : List.of();
    }

    private static Object complete(Object further) {
        if (!(further instanceof Map<?, ?> fields)) {
            return further;
        }
        Map<Object, @Nullable Object> choice = new LinkedHashMap<>(fields);
        choice.putIfAbsent("logprobs", null);
        if (fields.get("message") instanceof Map<?, ?> said) {
            Map<Object, @Nullable Object> message = new LinkedHashMap<>(said);
            message.putIfAbsent("refusal", null);
            ReasoningNames.ALL.stream()
                    .map(said::get)
                    .filter(String.class::isInstance)
                    .findFirst()
                    .ifPresent(text -> message.putAll(ReasoningNames.of((String) text)));
            choice.put("message", message);
        }
        return choice;
    }
}
