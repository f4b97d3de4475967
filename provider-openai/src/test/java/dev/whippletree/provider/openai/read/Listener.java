package dev.whippletree.provider.openai.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Delta;
import dev.whippletree.spi.AnswerEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Puts together what a reader tells, and holds it to what it promises of every piece. Confined to one thread. */
final class Listener implements Consumer<Delta.Piece> {

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final List<List<String>> calls = new ArrayList<>();
    private boolean over;

    @Override
    public void accept(Delta.Piece piece) {
        assertThat(over).as("a piece after the end").isFalse();
        if (piece instanceof Delta.Text told) {
            assertThat(told.text()).isNotEmpty();
            text.append(told.text());
        } else if (piece instanceof Delta.Refusal told) {
            assertThat(told.text()).isNotEmpty();
            text.append(told.text());
        } else if (piece instanceof Delta.Reasoning told) {
            assertThat(told.text()).isNotEmpty();
            reasoning.append(told.text());
        } else if (piece instanceof Delta.ToolCallPart told) {
            accept(told);
        }
    }

    private void accept(Delta.ToolCallPart part) {
        assertThat(part.index()).isLessThanOrEqualTo(calls.size());
        if (part.index() == calls.size()) {
            calls.add(new ArrayList<>(List.of("", "", "")));
        }
        List<String> call = calls.get(part.index());
        part.id()
                .ifPresent(id -> assertThat(call.set(0, id)).as("an earlier id").isEmpty());
        part.name()
                .ifPresent(name ->
                        assertThat(call.set(1, name)).as("an earlier name").isEmpty());
        call.set(2, call.get(2) + part.arguments());
    }

    Reading ended(Optional<AnswerEnd> end) {
        over = true;
        return new Reading(end, text.toString(), reasoning.toString(), calls);
    }
}
