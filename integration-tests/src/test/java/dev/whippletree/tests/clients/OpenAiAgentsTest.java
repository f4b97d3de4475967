package dev.whippletree.tests.clients;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** OpenAI's library for agents: the package {@code @openai/agents} of npm. */
@Tag("slow")
final class OpenAiAgentsTest {

    private abstract static class Contract extends ClientProtocolContract {

        @Override
        String client() {
            return "`@openai/agents`";
        }

        @Override
        ErrorNames errorNames() {
            return new ErrorNames(
                    "BadRequestError",
                    "AuthenticationError",
                    "NotFoundError",
                    "RateLimitError",
                    "InternalServerError",
                    "APIError",
                    "APIUserAbortError");
        }

        @Override
        String timedOut() {
            return "APIConnectionTimeoutError";
        }
    }

    @Nested
    final class Responses extends Contract {

        @Override
        List<String> command() {
            return NodeScript.command("agents.mjs", "responses");
        }

        @Override
        String protocol() {
            return "Responses";
        }
    }

    @Nested
    @AllClients
    final class Chat extends Contract {

        @Override
        List<String> command() {
            return NodeScript.command("agents.mjs", "chat");
        }

        @Override
        String protocol() {
            return "chat";
        }
    }
}
