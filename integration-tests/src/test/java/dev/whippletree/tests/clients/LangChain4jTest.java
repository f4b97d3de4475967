package dev.whippletree.tests.clients;

import java.util.List;
import org.junit.jupiter.api.Tag;

/** LangChain4j: {@code dev.langchain4j:langchain4j-open-ai}. */
@Tag("slow")
final class LangChain4jTest extends ClientContract {

    @Override
    List<String> command() {
        return JavaProgram.command("langchain4j", "LangChain4jClient.java");
    }

    @Override
    ErrorNames errorNames() {
        return new ErrorNames(
                "InvalidRequestException",
                "AuthenticationException",
                "ModelNotFoundException",
                "RateLimitException",
                "InternalServerException",
                "RuntimeException",
                "RuntimeException");
    }

    @Override
    boolean tellsHeaders() {
        return false;
    }
}
