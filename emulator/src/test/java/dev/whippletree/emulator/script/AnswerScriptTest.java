package dev.whippletree.emulator.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.whippletree.emulator.model.ChatMessage;
import dev.whippletree.emulator.model.ChatRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerScriptTest {

    private static final AnswerScript SCRIPT = AnswerScript.read("""
            [
              {
                "when": "Rename it",
                "answers": [
                  {"tool_calls": [{"id": "1", "type": "function", "function": {"name": "shell", "arguments": "{}"}}]},
                  {"content": "Done."}
                ]
              },
              {"when": "it", "answers": [{"content": "What?"}]}
            ]
            """);

    private static ChatRequest request(String... rolesAndTexts) {
        List<ChatMessage> messages = new ArrayList<>();
        for (int i = 0; i < rolesAndTexts.length; i += 2) {
            messages.add(new ChatMessage(rolesAndTexts[i], rolesAndTexts[i + 1]));
        }
        return new ChatRequest("m", messages, OptionalLong.empty(), false, false, Map.of())
                .with("tools", List.of(tool("other"), tool("shell")));
    }

    private static Map<String, ?> tool(String name) {
        return Map.of("type", "function", "function", Map.of("name", name));
    }

    private static Optional<Object> content(ChatRequest request) {
        return SCRIPT.apply(request).map(answer -> answer.getOrDefault("content", "a call"));
    }

    @Test
    void assistantsMessagesSinceTheText_chooseTheAnswer_untilTheScriptEnds() {
        assertThat(content(request("assistant", "Hello", "user", "Rename it, please")))
                .contains("a call");
        assertThat(content(request("user", "Rename it", "assistant", "", "tool", "ok", "user", "And?")))
                .contains("Done.");
        assertThat(content(request("user", "Rename it", "assistant", "", "assistant", "")))
                .isEmpty();
    }

    @Test
    void textThatComesAgain_beginsAgain() {
        assertThat(content(request("user", "Rename it", "assistant", "", "assistant", "Done.", "user", "Rename it")))
                .contains("a call");
    }

    @Test
    void requestWithoutTheTool_isAnsweredByWhatFollows() {
        assertThat(content(request("user", "Rename it").with("tools", List.of(tool("other")))))
                .contains("What?");
    }

    @Test
    void onlyUsersMessages_areLookedAt() {
        assertThat(content(request("system", "Rename it", "user", "Hello"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[{\"when\": \"\", \"answers\": []}]",
                "[{\"answers\": []}]",
                "[{\"when\": \"a\"}]",
                "[{\"when\": \"a\", \"answer\": {\"content\": \"Hello\"}}]",
                "[{\"when\": \"a\", \"answers\": [null]}]",
                "[null]",
                "null",
                "nothing"
            })
    void whatIsNoScript_isRefused_withAnExample(String json) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AnswerScript.read(json))
                .withMessageContaining("no script of answers")
                .withMessageContaining("\"when\"");
    }
}
