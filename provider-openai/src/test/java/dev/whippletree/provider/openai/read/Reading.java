package dev.whippletree.provider.openai.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Delta;
import dev.whippletree.provider.openai.Bench;
import dev.whippletree.provider.openai.dialect.Dialect;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import dev.whippletree.spi.AnswerEnd;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import okio.BufferedSource;
import okio.Okio;

/**
 * What a reader made of a message. Immutable.
 *
 * @param end the answer's end; empty if it is none
 * @param pieces what was told of it, until the end or until it turned out to be none
 */
record Reading(Optional<AnswerEnd> end, List<Delta.Piece> pieces) {

    static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Dialect DIALECT = () -> URI.create("http://localhost/v1");
    private static final ResponseHead GOOD = new ResponseHead(200, Map.of());

    /** Returns bytes as they come, one for each character. */
    static BufferedSource source(String bytes, boolean broken, long cuts) {
        return Okio.buffer(new TornSource(bytes.getBytes(StandardCharsets.ISO_8859_1), broken, cuts));
    }

    static Reading stream(String bytes, boolean broken, long cuts) {
        List<Delta.Piece> told = new ArrayList<>();
        try {
            return checked(Optional.of(chunks(new EventStream(source(bytes, broken, cuts)), told::add)), told);
        } catch (NoAnswerException | IOException e) {
            return checked(Optional.empty(), told);
        }
    }

    static AnswerEnd chunks(EventStream events, Consumer<Delta.Piece> listener) throws NoAnswerException, IOException {
        return new ChunkReader(GOOD, DIALECT, () -> Bench.NOW, PATIENCE, "asked for", listener).read(events);
    }

    static Reading whole(String bytes, boolean broken, long cuts) {
        List<Delta.Piece> told = new ArrayList<>();
        try {
            AnswerEnd end = new WholeAnswer(GOOD, DIALECT, () -> Bench.NOW)
                    .read(BodyReader.answer(source(bytes, broken, cuts), ""), "asked for", told::add);
            return checked(Optional.of(end), told);
        } catch (NoAnswerException | IOException e) {
            assertThat(told).as("of what is no answer, nothing is told").isEmpty();
            return checked(Optional.empty(), told);
        }
    }

    /** A call is numbered by its place, and its name and id are told once; no piece is empty. */
    private static Reading checked(Optional<AnswerEnd> end, List<Delta.Piece> told) {
        List<String> names = new ArrayList<>();
        for (Delta.Piece piece : told) {
            if (piece instanceof Delta.ToolCallPart part) {
                part.name().ifPresent(name -> {
                    assertThat(part.index()).isEqualTo(names.size());
                    names.add(name);
                });
                assertThat(part.index()).isLessThan(names.size());
            } else if (!(piece instanceof Delta.ExtrasPart)) {
                assertThat(piece.text()).isNotEmpty();
            }
        }
        return new Reading(end, List.copyOf(told));
    }

    String text() {
        StringBuilder text = new StringBuilder();
        pieces.stream().filter(Delta.Text.class::isInstance).forEach(piece -> text.append(piece.text()));
        return text.toString();
    }
}
