package dev.whippletree.provider.openai.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Delta;
import dev.whippletree.provider.openai.Bench;
import dev.whippletree.provider.openai.dialect.Redactor;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How deep a service nests what it sends costs no stack: all of it is read on a thread that has next to none. */
final class NestingTest {

    /** About what the JVM needs for itself. */
    private static final int STACK_BYTES = 144 << 10;

    private static final int DEPTH = 480;

    /** Loading and linking a class takes stack too. */
    @BeforeAll
    static void loadClasses() {
        Bench.error(400, "{\"error\":[{\"message\":\"words\"}]}");
        Bench.error(400, "{\"error\":\"wor");
        Reading.whole(wholeOf("{\"a\":[1,\"x\"]}"), false, 1);
        Reading.whole("[", false, 1);
        Reading.stream(streamOf("{\"a\":[1,\"x\"]}"), false, 1);
        Redactor.clean("eyJhbGciOiJ.a " + "x".repeat(400), Optional.of("y"));
    }

    private static String message(String arguments) {
        return "{\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":" + arguments + "}}]}";
    }

    private static String wholeOf(String arguments) {
        return "{\"choices\":[{\"message\":" + message(arguments) + ",\"finish_reason\":\"tool_calls\"}]}";
    }

    private static String streamOf(String arguments) {
        return "data: " + wholeOf(arguments).replace("\"message\"", "\"delta\"") + "\n\n";
    }

    private static <T> T withLittleStack(Supplier<T> reading) throws Exception {
        FutureTask<T> task = new FutureTask<>(reading::get);
        Thread thread = new Thread(null, task, "little stack", STACK_BYTES);
        thread.start();
        return task.get(60, TimeUnit.SECONDS);
    }

    private static String nested(String open, String innermost, String close) {
        return open.repeat(DEPTH) + innermost + close.repeat(DEPTH);
    }

    static Stream<String> errors() {
        return Stream.of(
                nested("{\"error\":", "\"deep\"", "}"),
                nested("[", "\"deep\"", "]"),
                nested("{\"detail\":", "\"deep\"", ",\"message\":\"no\"}"),
                nested("{\"error\":{},\"errors\":", "\"deep\"", "}"),
                "{\"error\":".repeat(DEPTH) + "\"deep");
    }

    @ParameterizedTest
    @MethodSource("errors")
    void error_isReadToItsInnermostWords(String body) throws Exception {
        assertThat(withLittleStack(() -> Bench.error(400, body)).message()).isEqualTo("deep");
        String wordless = body.replace("\"deep", "\"");
        assertThat(withLittleStack(() -> Bench.error(400, wordless)).message()).isNotBlank();
    }

    @Test
    void argumentsThatAreJson_areWrittenAsText() throws Exception {
        String arguments = nested("{\"a\":", "[1,\"x\"]", "}");

        Delta.Piece call = new Delta.ToolCallPart(0, Optional.of("c"), Optional.of("f"), arguments);
        assertThat(withLittleStack(() -> Reading.whole(wholeOf(arguments), false, 1))
                        .pieces())
                .containsExactly(call);
        assertThat(withLittleStack(() -> Reading.stream(streamOf(arguments), false, 1))
                        .pieces())
                .containsExactly(call);
    }

    @Test
    void whatIsDeeperThanJsonMayBe_isNoAnswer() throws Exception {
        assertThat(withLittleStack(() -> Reading.whole("[".repeat(60_000), false, 1))
                        .end())
                .isEmpty();
        assertThat(withLittleStack(() -> Bench.error(500, "{\"error\":".repeat(7_000)))
                        .message())
                .isNotBlank();
    }

    @Test
    void wordsThatLookLikeAToken_areHidden() throws Exception {
        String token = "x".repeat(500);
        String message = "eyJhbGciOiJ" + ".a".repeat(3_000);

        assertThat(withLittleStack(() -> Redactor.clean(message, Optional.of(token))))
                .isEqualTo("***");
    }
}
