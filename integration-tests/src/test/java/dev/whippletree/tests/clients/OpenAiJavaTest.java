package dev.whippletree.tests.clients;

import java.util.List;
import org.junit.jupiter.api.Tag;

/** The official client of OpenAI for Java: {@code com.openai:openai-java}. */
@Tag("slow")
final class OpenAiJavaTest extends ClientContract {

    @Override
    List<String> command() {
        return JavaProgram.command("openai-java", "OpenAiClient.java");
    }

    @Override
    ErrorNames errorNames() {
        return new ErrorNames(
                "BadRequestException",
                "UnauthorizedException",
                "NotFoundException",
                "RateLimitException",
                "InternalServerException",
                "SseException",
                "CancellationException");
    }
}
