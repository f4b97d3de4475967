package dev.whippletree.cli.ask;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Origin;
import dev.whippletree.model.ToolCall;
import dev.whippletree.status.TokensJson;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Writes a completion as a JSON tree, without keys for absent values. */
final class CompletionJson {

    private CompletionJson() {}

    static Map<String, Object> of(Completion completion) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("text", completion.text());
        completion.reasoning().ifPresent(text -> tree.put("reasoning", text));
        completion.refusal().ifPresent(words -> tree.put("refusal", words));
        if (!completion.toolCalls().isEmpty()) {
            tree.put(
                    "tool_calls",
                    completion.toolCalls().stream().map(CompletionJson::of).toList());
        }
        tree.put("finish_reason", completion.finishReason().wireName());
        completion.usage().ifPresent(usage -> tree.put("usage", TokensJson.of(usage)));
        if (!completion.extras().isEmpty()) {
            AnswerExtras extras = completion.extras();
            tree.put(
                    "extras",
                    Map.of("answer", extras.answer(), "choice", extras.choice(), "message", extras.message()));
        }
        tree.put("origin", of(completion.origin()));
        return tree;
    }

    private static Map<String, Object> of(ToolCall call) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", call.id());
        tree.put("type", call.type().name().toLowerCase(Locale.ROOT));
        tree.put("name", call.name());
        tree.put("arguments", call.arguments());
        return tree;
    }

    private static Map<String, Object> of(Origin origin) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("source", origin.source().name().toLowerCase(Locale.ROOT));
        tree.put("account", origin.account());
        tree.put("model", origin.model());
        tree.put("attempts", origin.attempts());
        tree.put("waited_ms", origin.waited().toMillis());
        origin.cache().ifPresent(name -> tree.put("cache", name));
        return tree;
    }
}
