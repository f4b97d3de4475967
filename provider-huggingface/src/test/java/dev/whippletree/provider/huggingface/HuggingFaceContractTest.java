package dev.whippletree.provider.huggingface;

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
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hugging Face's provider keeps the contract of all providers, with what its router is known to send. */
final class HuggingFaceContractTest extends ProviderContract {

    @RegisterExtension
    static final LoggedLines LOG =
            new LoggedLines("dev.whippletree.provider.openai").expecting("a call failed unexpectedly");

    @Override
    protected Provider provider() {
        return new HuggingFaceProvider();
    }

    @Override
    protected AccountSettings account(String address, Secret token) {
        return AccountSettings.of(
                "hf-1",
                "huggingface",
                Optional.of(token),
                new Settings("account hf-1", Map.of("base-url", address + "/v1")));
    }

    @Override
    protected ScriptedReply answer(String text) {
        return ScriptedReply.json(200, """
                        {"id":"c-1","object":"chat.completion","model":"openai/gpt-oss-20b","choices":[{"index":0,"message":\
                        {"role":"assistant","content":"%s","tool_calls":null},"logprobs":null,"finish_reason":"stop"}],"usage":\
                        {"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}""".formatted(text)).with("x-inference-provider", "nscale");
    }

    @Override
    protected ScriptedReply stream(List<String> pieces) {
        String chunks = pieces.stream()
                .map(piece ->
                        "data:{\"id\":\"\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\""
                                + piece + "\"},\"finish_reason\":null}],\"usage\":null}\n\n")
                .collect(Collectors.joining());
        return ScriptedReply.events(chunks
                + "data:{\"id\":\"\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}]}\n\n"
                + "data:{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}\n\ndata: [DONE]\n\n");
    }

    @Override
    protected Optional<ScriptedReply> vectors(List<float[]> vectors) {
        return Optional.of(ScriptedReply.json(
                200, vectors.stream().map(Arrays::toString).toList().toString()));
    }

    @Override
    protected ScriptedReply unauthorized(String words) {
        return ScriptedReply.json(401, "{\"error\":\"" + words + "\"}");
    }

    @Override
    protected Map<FailureKind, ScriptedReply> failures() {
        return Map.of(
                FailureKind.RATE_LIMITED, ScriptedReply.json(429, "{\"error\":\"Too many requests\"}"),
                FailureKind.QUOTA_EXHAUSTED, ScriptedReply.json(402, HuggingFaceErrors.NO_CREDIT),
                FailureKind.OVERLOADED, ScriptedReply.json(503, HuggingFaceErrors.LOADING),
                FailureKind.UNAVAILABLE, ScriptedReply.json(504, "<html><title>504 Gateway Time-out</title></html>"),
                FailureKind.UNAUTHORIZED, ScriptedReply.json(403, HuggingFaceErrors.FORBIDDEN),
                FailureKind.MODEL_UNAVAILABLE, ScriptedReply.json(400, HuggingFaceErrors.MODEL_NOT_SUPPORTED),
                FailureKind.TOO_LARGE, ScriptedReply.json(413, "{\"error\":\"Payload too large\"}"),
                FailureKind.REJECTED,
                        ScriptedReply.json(
                                422, "{\"error\":\"Input validation error\",\"error_type\":\"validation\"}"));
    }
}
