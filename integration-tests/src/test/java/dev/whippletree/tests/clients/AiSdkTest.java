package dev.whippletree.tests.clients;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import tools.jackson.databind.JsonNode;

/** The AI SDK: the package {@code ai} of npm, with each of its providers. */
@Tag("slow")
final class AiSdkTest {

    private abstract static class Contract extends ClientProtocolContract {

        @Override
        ErrorNames errorNames() {
            return new ErrorNames(
                    "AI_APICallError",
                    "AI_APICallError",
                    "AI_APICallError",
                    "AI_APICallError",
                    "AI_APICallError",
                    "AI_StreamProviderError",
                    "AbortError");
        }

        @Override
        String timedOut() {
            return "TimeoutError";
        }
    }

    @Nested
    final class Responses extends Contract {

        @Override
        List<String> command() {
            return NodeScript.command("ai-sdk.mjs", "responses");
        }

        @Override
        String client() {
            return "AI SDK, `openai(…)`";
        }

        @Override
        String protocol() {
            return "Responses";
        }

        @Override
        Set<Capability> lacks() {
            return Set.of(Capability.REFUSAL);
        }
    }

    @Nested
    @AllClients
    final class Chat extends Contract {

        @Override
        List<String> command() {
            return NodeScript.command("ai-sdk.mjs", "chat");
        }

        @Override
        String client() {
            return "AI SDK, `openai.chat(…)`";
        }

        @Override
        String protocol() {
            return "chat";
        }

        @Override
        Set<Capability> lacks() {
            return Set.of(Capability.REASONING, Capability.REFUSAL);
        }

        @Override
        boolean passesUnknownFields() {
            return false;
        }
    }

    @Nested
    @AllClients
    final class Compatible extends Contract {

        @Override
        List<String> command() {
            return NodeScript.command("ai-sdk.mjs", "compatible");
        }

        @Override
        String client() {
            return "AI SDK, `openai-compatible`";
        }

        @Override
        String protocol() {
            return "chat";
        }

        @Override
        Set<Capability> lacks() {
            return Set.of(Capability.REFUSAL);
        }
    }

    @Nested
    @AllClients
    final class Messages extends Contract {

        @Override
        List<String> command() {
            return NodeScript.command("ai-sdk.mjs", "messages");
        }

        @Override
        String client() {
            return "AI SDK, `anthropic(…)`";
        }

        @Override
        String protocol() {
            return "Messages";
        }

        @Override
        Set<Capability> lacks() {
            return Set.of(Capability.REFUSAL);
        }

        /** Of a model that isn't Anthropic's, the SDK asks for JSON by a tool. */
        @Override
        JsonNode schemaIn(JsonNode body) {
            return body.at("/tools/0/function/parameters");
        }
    }
}
