package dev.whippletree.engine.answer;

import dev.whippletree.model.Delta;
import dev.whippletree.model.ToolCall;
import java.util.Map;
import java.util.Optional;

/**
 * Pieces of one sort in a row. A tool call's head, its id and name, counts as its first character. Confined to its
 * transcript.
 */
final class PieceRun {

    /** The most that is copied for a caller at once, so that a slow reader has no copy of all that waits for it. */
    static final int MOST_AT_ONCE = 8192;

    /** Which part of an answer it belongs to. */
    enum Sort {
        TEXT,
        REASONING,
        REFUSAL,
        TOOL_CALL
    }

    private static final Delta.ToolCallPart NO_CALL = new Delta.ToolCallPart(0, Optional.empty(), Optional.empty(), "");

    private final Sort sort;
    private final int call;
    private Optional<String> id;
    private final Optional<String> name;
    private final ToolCall.Type type;
    private final Map<String, Object> extras;
    private final StringBuilder text;

    private PieceRun(Sort sort, Delta.ToolCallPart part, String text) {
        this.sort = sort;
        this.call = part.index();
        this.id = part.id();
        this.name = part.name();
        this.type = part.type();
        this.extras = part.extras();
        this.text = new StringBuilder(text);
    }

    static PieceRun of(Delta.Piece piece) {
        return new PieceRun(sortOf(piece), piece instanceof Delta.ToolCallPart part ? part : NO_CALL, textOf(piece));
    }

    private static Sort sortOf(Delta.Piece piece) {
        if (piece instanceof Delta.Text) {
            return Sort.TEXT;
        }
        if (piece instanceof Delta.Reasoning) {
            return Sort.REASONING;
        }
        return piece instanceof Delta.Refusal ? Sort.REFUSAL : Sort.TOOL_CALL;
    }

    private static String textOf(Delta.Piece piece) {
        if (piece instanceof Delta.Text text) {
            return text.text();
        }
        if (piece instanceof Delta.Reasoning thought) {
            return thought.text();
        }
        return piece instanceof Delta.Refusal refusal ? refusal.text() : ((Delta.ToolCallPart) piece).arguments();
    }

    Sort sort() {
        return sort;
    }

    /** Returns the index of its tool call, if it is one. */
    int call() {
        return call;
    }

    Optional<String> id() {
        return id;
    }

    Optional<String> name() {
        return name;
    }

    ToolCall.Type type() {
        return type;
    }

    /** Returns further fields of its tool call. */
    Map<String, Object> extras() {
        return extras;
    }

    /** Returns its text, or a tool call's arguments. */
    CharSequence text() {
        return text;
    }

    boolean takes(Delta.Piece piece) {
        if (piece instanceof Delta.ToolCallPart part) {
            return sort == Sort.TOOL_CALL
                    && call == part.index()
                    && part.id().isEmpty()
                    && part.name().isEmpty()
                    && part.extras().isEmpty();
        }
        return sort == sortOf(piece);
    }

    void add(Delta.Piece piece) {
        text.append(textOf(piece));
    }

    int size() {
        return headSize() + text.length();
    }

    private int headSize() {
        return sort == Sort.TOOL_CALL ? 1 : 0;
    }

    boolean isEmpty() {
        return size() == 0;
    }

    /** Returns where the next piece after an offset ends; it never splits a surrogate pair. */
    int endAfter(int offset) {
        int end = Math.min(size(), offset + MOST_AT_ONCE);
        boolean splits = end < size() && Character.isHighSurrogate(text.charAt(end - headSize() - 1));
        return splits ? end - 1 : end;
    }

    Delta.Piece between(int offset, int end) {
        String rest = text.substring(Math.max(0, offset - headSize()), end - headSize());
        return switch (sort) {
            case TEXT -> new Delta.Text(rest);
            case REASONING -> new Delta.Reasoning(rest);
            case REFUSAL -> new Delta.Refusal(rest);
            case TOOL_CALL ->
                new Delta.ToolCallPart(
                        call,
                        offset == 0 ? id : Optional.empty(),
                        offset == 0 ? name : Optional.empty(),
                        rest,
                        type,
                        offset == 0 ? extras : Map.of());
        };
    }

    void cutAt(int size) {
        text.setLength(Math.min(text.length(), size - headSize()));
    }

    /** Takes over the id of the same tool call in another answer. */
    void takeId(PieceRun other) {
        id = other.id;
    }

    /**
     * Returns whether two runs are of one sort and equal from an offset on, as far as both go. Ids of tool calls don't
     * count, because services draw them at random.
     */
    boolean saysTheSame(PieceRun other, int offset) {
        if (sort != other.sort || call != other.call || type != other.type || !name.equals(other.name)) {
            return false;
        }
        int from = Math.max(0, offset - headSize());
        int to = Math.min(text.length(), other.text.length());
        for (int index = from; index < to; index++) {
            if (text.charAt(index) != other.text.charAt(index)) {
                return false;
            }
        }
        return true;
    }
}
