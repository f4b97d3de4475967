package dev.whippletree.engine.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.answer.Broadcast.Effect;
import dev.whippletree.engine.answer.Transcript.ReadPosition;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.ToolCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What callers are given of attempts, those that broke off included. */
final class BroadcastTest {

    private static final Delta.Start START = new Delta.Start("a", "m");

    private final Broadcast broadcast = new Broadcast();
    private final ReadPosition reader = new ReadPosition();
    private Transcript written = broadcast.begin(START);

    private static Delta.Piece text(String text) {
        return new Delta.Text(text);
    }

    private static Delta.Piece call(int index, String id, String name, String arguments) {
        return new Delta.ToolCallPart(index, Optional.of(id), Optional.of(name), arguments);
    }

    private static Delta.Piece more(String arguments) {
        return new Delta.ToolCallPart(0, Optional.empty(), Optional.empty(), arguments);
    }

    private Effect add(Delta.Piece piece) {
        return broadcast.add(written, piece);
    }

    private List<Delta> read(ReadPosition position) {
        List<Delta> all = new ArrayList<>();
        broadcast.next(position, false).ifPresent(all::add);
        for (int size = 0; size < all.size(); ) {
            size = all.size();
            broadcast.next(position, false).ifPresent(all::add);
        }
        return all;
    }

    static Stream<Arguments> sorts() {
        return Stream.of(
                Arguments.of(text("one "), text("two "), text("one"), text(" !")),
                Arguments.of(reasoning("one "), reasoning("two "), reasoning("one"), reasoning(" !")),
                Arguments.of(refusal("one "), refusal("two "), refusal("one"), refusal(" !")),
                Arguments.of(call(0, "x", "f", "one "), more("two "), call(0, "y", "f", "one"), more(" !")));
    }

    private static Delta.Piece reasoning(String text) {
        return new Delta.Reasoning(text);
    }

    private static Delta.Piece refusal(String text) {
        return new Delta.Refusal(text);
    }

    @ParameterizedTest
    @MethodSource("sorts")
    void brokenOff_onlyWhatWasReadIsRepeated_andNothingLateIsTaken(
            Delta.Piece first, Delta.Piece unread, Delta.Piece again, Delta.Piece rest) {
        assertThat(add(first)).isEqualTo(Effect.MORE);
        assertThat(read(reader)).containsExactly(START, first);
        add(unread);
        broadcast.breakOff(List.of(new ReadPosition(), reader));
        assertThat(add(unread)).as("late").isEqualTo(Effect.NONE);
        assertThat(read(reader)).isEmpty();
        written = broadcast.begin(START);
        assertThat(add(again)).isEqualTo(Effect.NONE);
        assertThat(broadcast.isBehind()).isTrue();
        assertThat(add(rest)).isEqualTo(Effect.MORE);
        assertThat(broadcast.isBehind()).isFalse();
        assertThat(read(reader))
                .extracting(delta -> ((Delta.Piece) delta).text())
                .containsExactly("!");
    }

    static Stream<Arguments> differences() {
        Delta.Piece call = call(0, "x", "f", "{");
        Delta.Piece custom =
                new Delta.ToolCallPart(0, Optional.of("x"), Optional.of("f"), "{", ToolCall.Type.CUSTOM, Map.of());
        return Stream.of(
                Arguments.of(List.of(text("{")), List.of(reasoning("{"))),
                Arguments.of(List.of(text("{")), List.of(refusal("{"))),
                Arguments.of(List.of(text("{")), List.of(call)),
                Arguments.of(List.of(call), List.of(call(1, "x", "f", "{"))),
                Arguments.of(List.of(call), List.of(call(0, "x", "g", "{"))),
                Arguments.of(List.of(call), List.of(custom)),
                Arguments.of(List.of(reasoning("hm"), text("one")), List.of(reasoning("hmm"))),
                Arguments.of(List.of(reasoning("hm"), text("one")), List.of(reasoning("h"), text("one"))),
                Arguments.of(List.of(reasoning("hm"), text("one")), List.of(reasoning("hm"), text("on"), call)),
                Arguments.of(List.of(text("one")), List.of(text("on"), text("E"))));
    }

    @ParameterizedTest
    @MethodSource("differences")
    void otherAnswer_isToldFromTheOne_andGivenToThoseWhoHadNothing(List<Delta.Piece> before, List<Delta.Piece> after) {
        before.forEach(this::add);
        read(reader);
        broadcast.breakOff(List.of(reader));
        written = broadcast.begin(START);
        Effect last = Effect.NONE;
        for (Delta.Piece piece : after) {
            assertThat(last).isEqualTo(Effect.NONE);
            last = add(piece);
        }
        assertThat(last).isEqualTo(Effect.DIFFERENT);
        ReadPosition unread = new ReadPosition();
        assertThat(broadcast.startOver(List.of(reader, unread))).containsExactly(reader);
        assertThat(broadcast.isBehind()).isFalse();
        assertThat(add(text("end"))).isEqualTo(Effect.MORE);
        assertThat(read(reader)).as("who has read another answer").isEmpty();
        List<Delta> fresh = read(unread);
        assertThat(fresh).startsWith(START);
        assertThat(((Delta.Piece) fresh.get(fresh.size() - 1)).text()).endsWith("end");
    }

    /** The head of a call counts as a character. */
    @Test
    void longText_comesInParts_thatSplitNoCharacter() {
        String smile = "\ud83d\ude00";
        add(text("x".repeat(8191) + smile));
        add(refusal("x".repeat(8190) + smile + "y"));
        add(call(0, "x", "f", "x".repeat(8190) + smile));
        assertThat(read(reader))
                .filteredOn(Delta.Piece.class::isInstance)
                .extracting(delta -> ((Delta.Piece) delta).text().length())
                .containsExactly(8191, 2, 8192, 1, 8190, 2);
    }

    @Test
    void tooManyCallsAndTooManyCharacters_areGarbage() {
        assertThat(add(call(999, "x", "f", "{}"))).isEqualTo(Effect.MORE);
        assertThat(add(call(1_000, "x", "f", "{}"))).isEqualTo(Effect.GARBAGE);
        assertThat(broadcast.problem(written)).contains("the answer has more than 1000 tool calls");
        written = broadcast.begin(START);
        AnswerExtras million = new AnswerExtras(Map.of(), Map.of(), Map.of("m", "x".repeat(1 << 20)));
        for (int part = 0; part < 63; part++) {
            assertThat(add(new Delta.ExtrasPart(million))).isNotEqualTo(Effect.GARBAGE);
        }
        assertThat(add(text("x".repeat((1 << 20) - 63 * 1_000)))).isNotEqualTo(Effect.GARBAGE);
        assertThat(add(text("x".repeat(63 * 1_000)))).isEqualTo(Effect.GARBAGE);
        assertThat(broadcast.problem(written)).contains("the answer is larger than 64 million characters");
    }

    @Test
    void size_isToldWithEach4096Characters_untilTheListenerLeaves() {
        List<Long> told = new ArrayList<>();
        LongConsumer listener = told::add;
        broadcast.tellSize(listener);
        add(text("x".repeat(4_095)));
        assertThat(told).isEmpty();
        add(reasoning("x"));
        add(text("x".repeat(4_095)));
        assertThat(told).containsExactly(4_096L);
        add(text("xx"));
        assertThat(told).containsExactly(4_096L, 8_193L);
        broadcast.tellSizeNoMore(listener);
        add(text("x".repeat(4_096)));
        assertThat(told).hasSize(2);
    }

    @Test
    void wholeAnswer_isTakenOver_unlessItHasComeInPieces() {
        Completion completion = new Completion(
                "whole",
                Optional.empty(),
                List.of(),
                FinishReason.STOP,
                Optional.empty(),
                new Origin(Origin.Source.CALL, "b", "n", 1, Duration.ZERO, Optional.empty()));
        broadcast.fill(completion);
        assertThat(read(reader)).containsExactly(new Delta.Start("b", "n"), text("whole"));
        broadcast.fill(completion);
        assertThat(read(reader)).isEmpty();
    }
}
