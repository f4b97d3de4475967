package dev.whippletree.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The official client of Anthropic for JavaScript: the package {@code @anthropic-ai/sdk} of npm. */
@Tag("slow")
@AllClients
final class AnthropicNodeTest extends ClientProtocolContract {

    @Override
    List<String> command() {
        return NodeScript.command("anthropic.mjs");
    }

    @Override
    String client() {
        return "`@anthropic-ai/sdk`";
    }

    @Override
    String protocol() {
        return "Messages";
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

    @Test
    void tokens_areCounted_withoutACall() {
        assertThat(run().of("count").path("input").asInt()).isPositive();
        assertThat(stage().received(question("count"))).isEmpty();
    }
}
