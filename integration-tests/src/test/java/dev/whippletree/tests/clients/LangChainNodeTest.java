package dev.whippletree.tests.clients;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** LangChain with its provider for OpenAI: the package {@code @langchain/openai} of npm. */
@Tag("slow")
@AllClients
final class LangChainNodeTest {

    private abstract static class Contract extends ClientProtocolContract {

        @Override
        String client() {
            return "`@langchain/openai`";
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
                    "Error");
        }

        @Override
        String timedOut() {
            return "Error";
        }
    }

    @Nested
    final class Responses extends Contract {

        @Override
        List<String> command() {
            return NodeScript.command("langchain.mjs", "responses");
        }

        @Override
        String protocol() {
            return "Responses";
        }
    }

    @Nested
    final class Chat extends Contract {

        @Override
        List<String> command() {
            return NodeScript.command("langchain.mjs", "chat");
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
}
