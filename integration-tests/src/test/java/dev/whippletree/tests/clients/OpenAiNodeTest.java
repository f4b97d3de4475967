package dev.whippletree.tests.clients;

import java.util.List;
import org.junit.jupiter.api.Tag;

/** The official client of OpenAI for JavaScript: the package {@code openai} of npm. */
@Tag("slow")
final class OpenAiNodeTest extends ClientContract {

    @Override
    List<String> command() {
        return NodeScript.command("openai.mjs");
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
}
