package dev.whippletree.provider.openai.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.provider.openai.read.FuzzInput.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A damaged answer is an answer, or none, whether it comes whole or streamed, and says the same either way. */
final class EitherWayTest {

    private static final List<String> CONTENTS =
            List.of("null", "\"\"", "\"Hi\"", "\"H\u00ff\"", "\"\u00ef\u00bf\u00bd\"", "[{\"text\":\"Hi\"}]", "5");
    private static final List<String> IDS =
            List.of("\"id\":\"c\",", "\"id\":\"d\",", "\"id\":\"\",", "\"id\":null,", "");
    private static final List<String> NAMES = List.of(
            "\"name\":\"f\"", "\"name\":\"g\u00ff\"", "\"name\":\"\"", "\"name\":null", "\"name\":7", "\"x\":1");
    private static final List<String> ARGUMENTS =
            List.of("\"{}\"", "\"{\"", "\"\"", "\"no\"", "{\"a\":1}", "7", "null");
    private static final List<String> REASONS = List.of("stop", "tool_calls", "length", "content_filter", "odd");

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

    private static Parts drawn(SplittableRandom random) {
        String content = "\"content\":" + pick(CONTENTS, random);
        List<String> calls = new ArrayList<>();
        List<String> deltas = new ArrayList<>(List.of("{" + content + "}"));
        for (int index = 0; index < random.nextInt(4); index++) {
            String head = "{" + pick(IDS, random) + "\"index\":" + index + ",\"function\":{";
            String name = pick(NAMES, random);
            String arguments = "\"arguments\":" + pick(ARGUMENTS, random);
            String body = name + "," + arguments + "}}";
            calls.add(head + body);
            if (random.nextBoolean()) {
                deltas.add("{\"tool_calls\":[" + head + body + "]}");
            } else {
                boolean nameFirst = random.nextBoolean();
                deltas.add("{\"tool_calls\":[" + head + (nameFirst ? name : arguments) + "}}]}");
                deltas.add("{\"tool_calls\":[{\"index\":" + index + ",\"function\":{" + (nameFirst ? arguments : name)
                        + "}}]}");
            }
        }
        return new Parts(
                "{" + content + ",\"tool_calls\":[" + String.join(",", calls) + "]}", deltas, pick(REASONS, random));
    }

    private static String pick(List<String> all, SplittableRandom random) {
        return all.get(random.nextInt(all.size()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void damagedAnswer_saysTheSameEitherWay_orIsNoneEitherWay(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int answers = 0;
        for (int number = 0; number < 2_000; number++) {
            Parts parts = drawn(random);
            Reading whole = parts.readWhole();
            Reading stream = parts.readStream();
            assertThat(stream.end()).as("number %s: %s", number, parts).isEqualTo(whole.end());
            if (whole.end().isPresent()) {
                answers++;
                assertThat(stream.text()).as("number %s: %s", number, parts).isEqualTo(whole.text());
                assertThat(stream.calls())
                        .as("number %s: %s", number, parts)
                        .containsExactlyInAnyOrderElementsOf(whole.calls());
            }
        }
        assertThat(answers).isBetween(200, 1_800);
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
