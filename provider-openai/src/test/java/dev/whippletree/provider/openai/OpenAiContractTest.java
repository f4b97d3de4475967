package dev.whippletree.provider.openai;

import dev.whippletree.model.Embedding;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.testkit.provider.ProviderContract;
import dev.whippletree.testkit.provider.ScriptedReply;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The generic provider keeps the contract of all providers. */
final class OpenAiContractTest extends ProviderContract {

    @RegisterExtension
    static final LoggedLines LOG =
            new LoggedLines("dev.whippletree.provider.openai").expecting("a call failed unexpectedly");

    @Override
    protected Provider provider() {
        return new OpenAiProvider();
    }

    @Override
    protected AccountSettings account(String address, Secret token) {
        return AccountSettings.of(
                "local-1",
                "openai",
                Optional.of(token),
                new Settings("account local-1", Map.of("base-url", address + "/v1")));
    }

    @Override
    protected ScriptedReply answer(String text) {
        return ScriptedReply.json(200, """
                {"id":"c-1","object":"chat.completion","model":"test/model","choices":[{"index":0,"message":{"role":"assistant",\
                "content":"%s"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}""".formatted(text));
    }

    @Override
    protected ScriptedReply stream(List<String> pieces) {
        String chunks = pieces.stream()
                .map(piece -> "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + piece
                        + "\"},\"finish_reason\":null}]}\n\n")
                .collect(Collectors.joining());
        return ScriptedReply.events(chunks
                + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
                + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}\n\ndata: [DONE]\n\n");
    }

    /** In another order than asked, and the first as Base64. */
    @Override
    protected Optional<ScriptedReply> vectors(List<float[]> vectors) {
        String data = IntStream.iterate(vectors.size() - 1, index -> index >= 0, index -> index - 1)
                .mapToObj(index -> "{\"object\":\"embedding\",\"index\":" + index + ",\"embedding\":"
                        + (index == 0
                                ? '"' + Embedding.encode(vectors.get(index)) + '"'
                                : Arrays.toString(vectors.get(index)))
                        + "}")
                .collect(Collectors.joining(","));
        return Optional.of(ScriptedReply.json(
                200,
                "{\"object\":\"list\",\"data\":[" + data
                        + "],\"model\":\"test/model\",\"usage\":{\"prompt_tokens\":9,\"total_tokens\":9}}"));
    }

    @Override
    protected ScriptedReply unauthorized(String words) {
        return ScriptedReply.json(401, "{\"error\":{\"message\":\"" + words + "\",\"code\":\"invalid_api_key\"}}");
    }

    @Override
    protected Map<FailureKind, ScriptedReply> failures() {
        return Map.of(
                FailureKind.RATE_LIMITED, error(429, "rate_limit_exceeded").with("Retry-After", "0"),
                FailureKind.QUOTA_EXHAUSTED, error(429, "insufficient_quota"),
                FailureKind.OVERLOADED, error(503, "busy").with("Retry-After", "0"),
                FailureKind.UNAVAILABLE, error(408, "slow"),
                FailureKind.UNAUTHORIZED, error(403, "forbidden"),
                FailureKind.MODEL_UNAVAILABLE, error(404, "model_not_found"),
                FailureKind.TOO_LARGE, error(400, "context_length_exceeded"),
                FailureKind.FILTERED, error(400, "content_filter"),
                FailureKind.REJECTED, error(400, "invalid_value"));
    }

    private static ScriptedReply error(int status, String code) {
        return ScriptedReply.json(
                status,
                "{\"error\":{\"message\":\"" + code + " happened\",\"type\":\"some_error\",\"code\":\"" + code
                        + "\"}}");
    }
}
