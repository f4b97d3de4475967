package dev.whippletree.tests.clients;

import java.util.List;
import org.junit.jupiter.api.Tag;

/** The AI SDK: the packages {@code ai} and {@code @ai-sdk/openai-compatible} of npm. */
@Tag("slow")
final class AiSdkTest extends ClientContract {

    private static final String CALL_FAILED = "AI_APICallError";

    @Override
    List<String> command() {
        return NodeScript.command("ai-sdk.mjs");
    }

    @Override
    ErrorNames errorNames() {
        // What breaks off is told as the event's own object.
        return new ErrorNames(CALL_FAILED, CALL_FAILED, CALL_FAILED, CALL_FAILED, CALL_FAILED, "object", "AbortError");
    }
}
