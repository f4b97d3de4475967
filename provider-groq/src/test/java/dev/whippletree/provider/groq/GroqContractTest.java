package dev.whippletree.provider.groq;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.testkit.provider.ProviderContract;
import dev.whippletree.testkit.provider.ScriptedReply;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Groq's provider keeps the contract of all providers, with what Groq is known to send. */
final class GroqContractTest extends ProviderContract {

    @RegisterExtension
    static final LoggedLines LOG =
            new LoggedLines("dev.whippletree.provider.openai").expecting("a call failed unexpectedly");

    @Override
    protected Provider provider() {
        return new GroqProvider();
    }

    @Override
    protected AccountSettings account(String address, Secret token) {
        return AccountSettings.of(
                "groq-1", "groq", Optional.of(token), new Settings("account groq-1", Map.of("base-url", address)));
    }

    @Override
    protected ScriptedReply answer(String text) {
        return withLimits(ScriptedReply.json(200, """
                {"id":"chatcmpl-1","object":"chat.completion","created":1770000000,"model":"openai/gpt-oss-20b","choices":\
                [{"index":0,"message":{"role":"assistant","content":"%s","reasoning":"Hm."},"logprobs":null,"finish_reason":\
                "stop"}],"usage":{"queue_time":0.041,"prompt_tokens":18,"completion_tokens":5,"total_tokens":23},\
                "x_groq":{"id":"req_1"},"service_tier":"on_demand"}""".formatted(text)));
    }

    @Override
    protected ScriptedReply stream(List<String> pieces) {
        String chunks = pieces.stream()
                .map(piece -> "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + piece
                        + "\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n")
                .collect(Collectors.joining());
        return withLimits(
                ScriptedReply.events(
                        "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}],"
                                + "\"x_groq\":{\"id\":\"req_1\",\"seed\":1}}\n\n" + chunks
                                + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"x_groq\":{\"id\":\"req_1\","
                                + "\"usage\":{\"queue_time\":0.04,\"prompt_tokens\":9,\"completion_tokens\":3}}}\n\ndata: [DONE]\n\n"));
    }

    private static ScriptedReply withLimits(ScriptedReply reply) {
        return reply.with("x-ratelimit-limit-requests", "1000")
                .with("x-ratelimit-remaining-requests", "999")
                .with("x-ratelimit-reset-requests", "1m26.4s")
                .with("x-ratelimit-limit-tokens", "8000")
                .with("x-ratelimit-remaining-tokens", "7950")
                .with("x-ratelimit-reset-tokens", "375ms");
    }

    @Override
    protected ScriptedReply unauthorized(String words) {
        return ScriptedReply.json(
                401, "{\"error\":{\"message\":\"" + words + "\",\"type\":\"invalid_request_error\"}}");
    }

    @Override
    protected Map<FailureKind, ScriptedReply> failures() {
        return Map.of(
                FailureKind.RATE_LIMITED,
                        ScriptedReply.json(429, GroqErrors.tokensPerMinute()).with("Retry-After", "5"),
                FailureKind.QUOTA_EXHAUSTED, ScriptedReply.json(429, GroqErrors.requestsPerDay()),
                FailureKind.OVERLOADED, ScriptedReply.json(498, GroqErrors.FLEX_FULL),
                FailureKind.UNAVAILABLE, ScriptedReply.json(500, "{\"error\":{\"message\":\"Internal Server Error\"}}"),
                FailureKind.UNAUTHORIZED, ScriptedReply.json(400, GroqErrors.RESTRICTED),
                FailureKind.MODEL_UNAVAILABLE, ScriptedReply.json(400, GroqErrors.MODEL_DECOMMISSIONED),
                FailureKind.TOO_LARGE,
                        ScriptedReply.json(413, GroqErrors.TOO_LARGE).with("Retry-After", "9"),
                FailureKind.REJECTED, ScriptedReply.json(400, GroqErrors.TOOL_FAILED));
    }
}
