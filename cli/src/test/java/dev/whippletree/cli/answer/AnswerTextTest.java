package dev.whippletree.cli.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Delta;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class AnswerTextTest {

    private static final String END = System.lineSeparator();

    private final StringWriter out = new StringWriter();

    @Test
    void thinking_isFaintAndApartFromTheAnswer() {
        AnswerText text = AnswerText.withReasoning(new PrintWriter(out), true);
        text.take(new Delta.Reasoning("Well, "));
        text.take(new Delta.Reasoning("hm."));
        text.take(new Delta.Text("Yes"));
        text.take(new Delta.Text("."));
        text.end();
        assertThat(out.toString())
                .isEqualTo("\u001b[2mWell, \u001b[0m\u001b[2mhm.\u001b[0m" + END + END + "Yes." + END);
    }

    @Test
    void refusal_isPrintedLikeText_andExtrasArent() {
        AnswerText text = AnswerText.plain(new PrintWriter(out), true);
        text.take(new Delta.Refusal("I can't."));
        text.take(new Delta.ExtrasPart(AnswerExtras.NONE));
        text.end();
        assertThat(out.toString()).isEqualTo("I can't." + END);
    }

    @Test
    void brokenOff_endsTheLineOnlyIfOneWasBegun() {
        AnswerText text = AnswerText.plain(new PrintWriter(out), true);
        text.breakOff();
        assertThat(out.toString()).isEmpty();
        AnswerText begun = AnswerText.plain(new PrintWriter(out), true);
        begun.take(new Delta.Text("Ye"));
        begun.breakOff();
        assertThat(out.toString()).isEqualTo("Ye" + END);
    }

    @Test
    void ended_printsNothingMore() {
        AnswerText text = AnswerText.plain(new PrintWriter(out), true);
        text.take(new Delta.Text("Yes"));
        text.end();
        text.take(new Delta.Text(" and no"));
        text.breakOff();
        assertThat(out.toString()).isEqualTo("Yes" + END);
    }
}
