package dev.whippletree.engine.answer;

import dev.whippletree.model.Delta;
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
    private Delta.ToolCallPart head;
    private final StringBuilder text;

    private PieceRun(Sort sort, Delta.ToolCallPart head, String text) {
        this.sort = sort;
        this.head = head;
        this.text = new StringBuilder(text);
    }

    static PieceRun of(Delta.Piece piece) {
        return new PieceRun(
                sortOf(piece),
                piece instanceof Delta.ToolCallPart part ? head(part, part.id(), "") : NO_CALL,
                piece.text());
    }

    private static Delta.ToolCallPart head(Delta.ToolCallPart part, Optional<String> id, String arguments) {
        return new Delta.ToolCallPart(part.index(), id, part.name(), arguments, part.type(), part.extras());
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

    Sort sort() {
        return sort;
    }

    /** Returns what begins its tool call, if it is one, without arguments. */
    Delta.ToolCallPart head() {
        return head;
    }

    CharSequence text() {
        return text;
    }

    boolean takes(Delta.Piece piece) {
        if (piece instanceof Delta.ToolCallPart part) {
            return sort == Sort.TOOL_CALL
                    && head.index() == part.index()
                    && part.id().isEmpty()
                    && part.name().isEmpty()
                    && part.extras().isEmpty();
        }
        return sort == sortOf(piece);
    }

    void add(Delta.Piece piece) {
        text.append(piece.text());
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
                offset == 0
                        ? head(head, head.id(), rest)
                        : new Delta.ToolCallPart(head.index(), Optional.empty(), Optional.empty(), rest, head.type());
        };
    }

    void cutAt(int size) {
        text.setLength(Math.min(text.length(), size - headSize()));
    }

    /** Takes over the id of the same tool call in another answer. */
    void takeId(PieceRun other) {
        head = head(head, other.head.id(), "");
    }

    /**
     * Returns whether two runs are of one sort and equal from an offset on, as far as both go. Ids of tool calls don't
     * count, because services draw them at random.
     */
    boolean saysTheSame(PieceRun other, int offset) {
        if (sort != other.sort
                || head.index() != other.head.index()
                || head.type() != other.head.type()
                || !head.name().equals(other.head.name())) {
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
