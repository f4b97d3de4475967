package dev.whippletree.tests.clients;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The official client of OpenAI for JavaScript: the package {@code openai} of npm. */
@Tag("slow")
final class OpenAiNodeTest {

    private abstract static class Contract extends ClientProtocolContract {

        @Override
        String client() {
            return "`openai` for JavaScript";
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
    final class Chat extends Contract {

        @Override
        List<String> command() {
            return NodeScript.command("openai.mjs", "chat");
        }

        @Override
        String protocol() {
            return "chat";
        }
    }

    @Nested
    final class Responses extends Contract {

        @Override
        List<String> command() {
            return NodeScript.command("openai.mjs", "responses");
        }

        @Override
        String protocol() {
            return "Responses";
        }
    }
}
