package dev.whippletree.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.whippletree.model.AttemptReport;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which exception a program gets: what the page says. */
final class ExceptionTranslatorTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| (.+?) \\| `(\\w+Exception)` \\|");
    private static final Pattern NAME = Pattern.compile("`([A-Z_]+)`");

    /** By the reasons and kinds of failures in the page's table. */
    private static Map<String, String> documented() throws IOException {
        Map<String, String> documented = new LinkedHashMap<>();
        ROW.matcher(Files.readString(Path.of("../docs/langchain4j.md")))
                .results()
                .forEach(row -> NAME.matcher(row.group(1))
                        .results()
                        .forEach(name -> documented.put(name.group(1), row.group(2))));
        return documented;
    }

    private static PromptException failure(Reason reason, FailureKind... kinds) {
        return new PromptException(
                reason,
                "what happened, and what to do",
                List.of(kinds).stream()
                        .map(kind -> new AttemptReport("local-1", "large", Failure.of(kind, "no"), Duration.ZERO))
                        .toList(),
                Optional.empty());
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NO_ACCOUNT", "ATTEMPTS_EXHAUSTED"})
    void reason_isTheExceptionThatThePageSays(Reason reason) throws IOException {
        PromptException cause = failure(reason, FailureKind.RATE_LIMITED);
        LangChain4jException translated = ExceptionTranslator.translated(cause);
        assertThat(translated.getClass().getSimpleName()).isEqualTo(documented().get(reason.name()));
        assertThat(translated).hasMessage("what happened, and what to do").hasCause(cause);
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void lastAttempt_isTheExceptionThatThePageSays(FailureKind kind) throws IOException {
        for (Reason reason : List.of(Reason.ATTEMPTS_EXHAUSTED, Reason.NO_ACCOUNT)) {
            LangChain4jException translated = ExceptionTranslator.translated(
                    failure(reason, FailureKind.REJECTED, FailureKind.RATE_LIMITED, kind));
            assertThat(translated.getClass().getSimpleName())
                    .isEqualTo(documented().get(kind.name()));
        }
    }

    @Test
    void whatIsWrongWithARequest_isAnInvalidRequest_andTranslatedOnesStay() {
        assertThat(ExceptionTranslator.translated(new ConfigurationException(List.of("no account 'x'"))))
                .isExactlyInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("no account 'x'");
        assertThat(ExceptionTranslator.translated(new IllegalArgumentException("temperature must be 0 to 2")))
                .isExactlyInstanceOf(InvalidRequestException.class)
                .hasMessage("temperature must be 0 to 2");
        ModelNotFoundException already = new ModelNotFoundException("no such model");
        assertThat(ExceptionTranslator.translated(already)).isSameAs(already);
        assertThat(ExceptionTranslator.translated(new IllegalStateException("odd")))
                .isExactlyInstanceOf(LangChain4jException.class)
                .hasMessage("odd");
    }
}
