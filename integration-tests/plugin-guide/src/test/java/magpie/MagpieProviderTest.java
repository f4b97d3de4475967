package magpie;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.provider.ProviderContract;
import dev.whippletree.testkit.provider.ScriptedReply;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

final class MagpieProviderTest extends ProviderContract {

    @Override
    protected Provider provider() {
        return new MagpieProvider();
    }

    @Override
    protected AccountSettings account(String address, Secret token) {
        return AccountSettings.of(
                "magpie-1",
                "magpie",
                Optional.of(token),
                new Settings("account magpie-1", Map.of("base-url", address)));
    }

    @Override
    protected ScriptedReply answer(String text) {
        return ScriptedReply.json(200, """
                {"model":"magpie-1","choices":[{"index":0,"message":{"role":"assistant","content":"%s"},"finish_reason":"stop"}],
                "usage":{"prompt_tokens":18,"completion_tokens":5,"total_tokens":23}}""".formatted(text));
    }

    @Override
    protected ScriptedReply stream(List<String> pieces) {
        String deltas = pieces.stream()
                .map(piece -> "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + piece + "\"}}]}\n\n")
                .collect(Collectors.joining());
        return ScriptedReply.events(deltas
                + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    }

    @Override
    protected ScriptedReply unauthorized(String words) {
        return ScriptedReply.json(401, error("bad_key", words));
    }

    @Override
    protected Map<FailureKind, ScriptedReply> failures() {
        return Map.of(
                FailureKind.RATE_LIMITED,
                ScriptedReply.json(429, error("slow_down", "too many")).with("Retry-After", "5"),
                FailureKind.QUOTA_EXHAUSTED,
                ScriptedReply.json(403, error("nest_empty", "nothing left")),
                FailureKind.OVERLOADED,
                ScriptedReply.json(500, error("nest_busy", "come back later")));
    }

    private static String error(String code, String message) {
        return "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}}";
    }
}
