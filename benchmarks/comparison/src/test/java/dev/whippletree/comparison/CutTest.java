package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.Answers;
import dev.whippletree.emulator.model.ChatMessage;
import dev.whippletree.model.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CutTest {

    private static Cut cut(String ended, String open, String... said) {
        List<String> lines = new ArrayList<>(
                List.of("nanos\t2000000000", "failed\t3\tno\\troute", "ended\t" + ended, "open\t" + open));
        for (String each : said) {
            lines.add("said\t" + each);
        }
        return Cut.of(lines);
    }

    private static String oneOfEach(int calls) {
        return IntStream.rangeClosed(1, calls).mapToObj(i -> i + ":1").collect(Collectors.joining(" "));
    }

    /** 99 % of 101 calls are 99.99: all but the slowest aren't enough of them if that is cut. */
    @ParameterizedTest
    @CsvSource({"1, 99, 1", "2, 50, 1", "3, 50, 2", "100, 99, 99", "101, 99, 100", "199, 99, 198", "200, 99, 198"})
    void percentile_isRoundedUp(int calls, int percent, long micros) {
        assertThat(cut(oneOfEach(calls), "").percentileMicros(percent)).isEqualTo(micros);
    }

    @Test
    void callsThatWereOpenAllTheTime_countWithTheirAge() {
        Cut cut = cut("10:97", "9000000:3");

        assertThat(cut.percentileMicros(50)).isEqualTo(10);
        assertThat(cut.percentileMicros(99)).isEqualTo(9_000_000);
        assertThat(cut.answered()).isEqualTo(97);
    }

    @Test
    void noCalls_takeNoTime() {
        assertThat(cut("", "").percentileMicros(99)).isZero();
        assertThat(cut("", "").failure()).isEqualTo("no\troute");
        assertThat(cut("", "").failed()).isEqualTo(3);
    }

    @Test
    void answerOfAnotherPrompt_isWrong() {
        String answer = Answers.text(ChatMessage.of(Prompt.of("Who are you?").messages()), "m");

        assertThat(cut("10:2", "", "Who are you?\t" + answer).wrong()).isZero();
        assertThat(cut("10:2", "", "Who are you?\t" + answer, "Where are you?\t" + answer)
                        .wrong())
                .isEqualTo(1);
    }
}
