package dev.whippletree.emulator.wire;

import dev.whippletree.emulator.model.ChatAnswer;
import dev.whippletree.emulator.model.ChatRequest;
import dev.whippletree.emulator.model.Delivery;
import dev.whippletree.emulator.model.LimitState;
import dev.whippletree.emulator.model.Outcome;
import dev.whippletree.emulator.model.Refusal;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.wire.WireResponse.Ending;
import dev.whippletree.emulator.wire.WireResponse.Piece;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Turns a service's decision into the response its caller sees. Immutable. */
public final class ResponseWriter {

    private static final int OK = 200;
    private static final int REQUEST_ID_RADIX = 36;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** What stands in a malformed stream or body: JSON that breaks off. */
    private static final String BROKEN_JSON = "{\"choices\":[{\"index\":0,\"del";

    private final WireFormat dialect;
    private final ServiceKind kind;

    public ResponseWriter(ServiceSettings settings) {
        this.dialect = WireFormat.of(settings);
        this.kind = settings.kind();
    }

    /**
     * Returns the response.
     *
     * @param request what was asked; absent if it couldn't be read
     * @param outcome what the service decided
     * @param now the time of day, for the answer's {@code created}
     */
    public WireResponse write(Optional<ChatRequest> request, Outcome outcome, Instant now) {
        if (outcome instanceof Outcome.Answered answered) {
            ChatRequest asked = request.orElseThrow(() -> new IllegalArgumentException("nothing was asked"));
            return asked.stream() ? stream(asked, answered, now) : whole(asked, answered, now);
        }
        if (outcome instanceof Outcome.Refused refused) {
            return refusal(refused, now);
        }
        long endNanos = outcome instanceof Outcome.Reset reset ? reset.afterNanos() : 0;
        Ending ending = outcome instanceof Outcome.Reset ? Ending.CLOSE : Ending.SILENCE;
        return new WireResponse(Optional.empty(), List.of(), ending, endNanos);
    }

    private WireResponse refusal(Outcome.Refused refused, Instant now) {
        Refusal refusal = refused.refusal();
        ErrorBody error = dialect.error(refusal);
        Map<String, String> headers = headers(error.contentType(), refused.limits(), now);
        refusal.retryAfter().ifPresent(wait -> headers.put("retry-after", String.valueOf(secondsRoundedUp(wait))));
        long length = error.text().getBytes(StandardCharsets.UTF_8).length;
        return new WireResponse(
                Optional.of(new Head(refusal.status(), headers, OptionalLong.of(length))),
                List.of(new Piece(refused.afterNanos(), error.text())),
                Ending.COMPLETE,
                refused.afterNanos());
    }

    private WireResponse whole(ChatRequest request, Outcome.Answered answered, Instant now) {
        String json = json(request, answered.answer(), new AnswerWriter(dialect, now));
        // Answers are ASCII apart from the model's name, which no caller of the emulator writes otherwise.
        String text = answered.delivery() == Delivery.MALFORMED ? json.substring(0, twoThirds(json.length())) : json;
        boolean broken = breaksOff(answered.delivery());
        String sent = broken ? text.substring(0, twoThirds(text.length())) : text;
        Map<String, String> headers = headers(ErrorBody.JSON, answered.limits(), now);
        long length = text.getBytes(StandardCharsets.UTF_8).length;
        return new WireResponse(
                Optional.of(new Head(OK, headers, OptionalLong.of(length))),
                List.of(new Piece(answered.wholeNanos(), sent)),
                ending(answered.delivery()),
                answered.wholeNanos());
    }

    private String json(ChatRequest request, ChatAnswer said, AnswerWriter writer) {
        if (!request.embedding()) {
            return writer.whole(said);
        }
        return kind == ServiceKind.HUGGING_FACE
                ? AnswerWriter.features(said)
                : writer.vectors(said, "base64".equals(request.others().get("encoding_format")));
    }

    private WireResponse stream(ChatRequest request, Outcome.Answered answered, Instant now) {
        List<String> events = new ArrayList<>(new AnswerWriter(dialect, now).events(answered.answer(), request));
        int end = twoThirds(events.size());
        switch (answered.delivery()) {
            case WHOLE -> events.add(AnswerWriter.event("[DONE]"));
            case WITHOUT_DONE -> {}
            case CUT, STALLED -> events.subList(end, events.size()).clear();
            case MALFORMED -> events.set(end, AnswerWriter.event(BROKEN_JSON));
        }
        Map<String, String> headers = headers("text/event-stream", answered.limits(), now);
        List<Piece> pieces = timed(events, answered);
        return new WireResponse(
                Optional.of(new Head(OK, headers, OptionalLong.empty())),
                pieces,
                ending(answered.delivery()),
                pieces.get(pieces.size() - 1).atNanos());
    }

    /** Spreads the events evenly from the first token to the end. */
    private static List<Piece> timed(List<String> events, Outcome.Answered answered) {
        List<Piece> pieces = new ArrayList<>(events.size());
        long spanNanos = answered.wholeNanos() - answered.firstNanos();
        int gaps = Math.max(1, events.size() - 1);
        for (int i = 0; i < events.size(); i++) {
            pieces.add(new Piece(answered.firstNanos() + spanNanos * i / gaps, events.get(i)));
        }
        return pieces;
    }

    private Map<String, String> headers(String contentType, List<LimitState> limits, Instant now) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", contentType);
        headers.put("x-request-id", "req_" + Long.toString(now.toEpochMilli(), REQUEST_ID_RADIX));
        dialect.addHeaders(headers, limits);
        return headers;
    }

    private static Ending ending(Delivery delivery) {
        return switch (delivery) {
            case WHOLE, WITHOUT_DONE, MALFORMED -> Ending.COMPLETE;
            case CUT -> Ending.CLOSE;
            case STALLED -> Ending.SILENCE;
        };
    }

    private static boolean breaksOff(Delivery delivery) {
        return delivery == Delivery.CUT || delivery == Delivery.STALLED;
    }

    private static int twoThirds(int length) {
        return length * 2 / 3;
    }

    private static long secondsRoundedUp(Duration wait) {
        return (wait.toNanos() + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND;
    }
}
