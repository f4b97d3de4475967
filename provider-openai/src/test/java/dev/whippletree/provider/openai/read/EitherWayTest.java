package dev.whippletree.provider.openai.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.provider.openai.read.FuzzInput.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes that aren't UTF-8 make no answer, whether it comes whole or streamed. */
final class EitherWayTest {

    /**
     * An answer in parts, as its service has it.
     *
     * @param whole the message
     * @param deltas the same in pieces
     */
    private record Parts(String whole, List<String> deltas, String reason) {

        Reading readWhole() {
            return FuzzJudge.whole(new FuzzInput(
                    Kind.WHOLE,
                    "{\"choices\":[{\"message\":" + whole + ",\"finish_reason\":\"" + reason + "\"}]}",
                    false,
                    1));
        }

        Reading readStream() {
            StringBuilder events = new StringBuilder();
            deltas.forEach(delta -> events.append(event(delta, "null")));
            events.append(event("{}", "\"" + reason + "\"")).append("data: [DONE]\n\n");
            return FuzzJudge.stream(new FuzzInput(Kind.STREAM, events.toString(), false, 1));
        }

        private static String event(String delta, String reason) {
            return "data: {\"choices\":[{\"delta\":" + delta + ",\"finish_reason\":" + reason + "}]}\n\n";
        }
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, true"})
    void bytesThatAreNotUtf8_areNoAnswer(boolean inText, boolean inArguments) {
        String text = inText ? "H\u00ff" : "Hi";
        String arguments = inArguments ? "\"\u00e2\u0082\"" : "\"{}\"";
        String message =
                "{\"content\":\"" + text + "\",\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\","
                        + "\"arguments\":" + arguments + "}}]}";
        Parts parts = new Parts(message, List.of(message), "tool_calls");

        assertThat(parts.readWhole().end()).isEmpty();
        assertThat(parts.readStream()).isEqualTo(Reading.NOTHING);
    }

    @Test
    void replacementCharacterThatTheServiceSends_isItsOwn() {
        String message = "{\"content\":\"H\u00ef\u00bf\u00bd\"}";
        Parts parts = new Parts(message, List.of(message), "stop");

        assertThat(parts.readWhole().text()).isEqualTo("H\ufffd");
        assertThat(parts.readStream().text()).isEqualTo("H\ufffd");
    }

    @Test
    void bytesThatAreNotUtf8_inACommentOfAStream_areNoMatter() {
        String events = ": \u00ff\n\nid: \u00ff\n" + Parts.event("{\"content\":\"Hi\"}", "\"stop\"");

        assertThat(FuzzJudge.stream(new FuzzInput(Kind.STREAM, events, false, 1))
                        .text())
                .isEqualTo("Hi");
    }
}
