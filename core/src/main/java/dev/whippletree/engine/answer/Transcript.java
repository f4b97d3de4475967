package dev.whippletree.engine.answer;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import dev.whippletree.spi.AnswerEnd;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The pieces of an answer so far, in order of arrival. Confined; once callers stream, to a {@link Broadcast}.
 *
 * <p>Consecutive pieces of one kind form one {@link PieceRun}. So a transcript takes no more memory than the answer,
 * and a late reader gets everything up to now at once. Extras stand beside the runs: no attempt has to repeat them.
 */
public final class Transcript {

    /** Far more than any model writes; anything larger is garbage. */
    private static final long MOST_CHARACTERS = 64L << 20;

    private static final int MOST_CALLS = 1_000;

    /** Far more than any model reads or writes; a larger number is garbage. */
    private static final long MOST_TOKENS = 100_000_000;

    private final Delta.Start start;
    private final List<PieceRun> runs = new ArrayList<>(2);
    private final List<AnswerExtras> extras = new ArrayList<>(0);
    private long size;
    private boolean tooManyCalls;

    /** How a growing answer compares with an earlier one. */
    enum Likeness {
        /** It is a beginning of the earlier one. */
        BEHIND,
        /** It begins with all of the earlier one. */
        COVERED,
        /** It differs. */
        DIFFERENT
    }

    public Transcript(Delta.Start start) {
        this.start = start;
    }

    public void add(Delta.Piece piece) {
        if (piece instanceof Delta.ExtrasPart part) {
            extras.add(part.extras());
            size += part.extras().size();
            return;
        }
        if (piece instanceof Delta.ToolCallPart part && part.index() >= MOST_CALLS) {
            tooManyCalls = true;
            return;
        }
        PieceRun last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
        long before = last == null ? 0 : last.size();
        if (last == null || !last.takes(piece)) {
            last = PieceRun.of(piece);
            before = 0;
            if (last.isEmpty()) {
                return;
            }
            runs.add(last);
            Map<String, Object> more = last.head().extras();
            size += more.isEmpty() ? 0 : new AnswerExtras(Map.of(), Map.of(), more).size();
        } else {
            last.add(piece);
        }
        size += last.size() - before;
    }

    public void add(Completion completion) {
        completion.pieces().forEach(this::add);
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /** Returns how long it is, in characters, extras included; the head of a tool call counts as one. */
    long size() {
        return size;
    }

    /** Returns why it can't be an answer, if it can't. */
    Optional<String> problem() {
        if (tooManyCalls) {
            return Optional.of("the answer has more than " + MOST_CALLS + " tool calls");
        }
        return size > MOST_CHARACTERS
                ? Optional.of("the answer is larger than " + (MOST_CHARACTERS >> 20) + " million characters")
                : Optional.empty();
    }

    /**
     * Returns what follows a place, up to the next sort of piece and at most {@link PieceRun#MOST_AT_ONCE} characters,
     * and moves the place there. The first result is the start. Extras come as soon as something else has been read, so
     * that an answer never begins with them.
     *
     * @param whole whether nothing else will follow
     */
    Optional<? extends Delta> next(ReadPosition position, boolean whole) {
        boolean unreadExtras = position.extras < extras.size();
        if (position.lost || (runs.isEmpty() && !(whole && unreadExtras))) {
            return Optional.empty();
        }
        if (!position.begun) {
            position.begun = true;
            return Optional.of(start);
        }
        if (unreadExtras && (!position.isAtStart() || runs.isEmpty())) {
            AnswerExtras unread = AnswerExtras.sum(extras.subList(position.extras, extras.size()));
            position.extras = extras.size();
            return Optional.of(new Delta.ExtrasPart(unread));
        }
        if (position.run + 1 < runs.size()
                && position.offset == runs.get(position.run).size()) {
            position.moveTo(position.run + 1, 0);
        }
        if (position.run >= runs.size()
                || position.offset == runs.get(position.run).size()) {
            return Optional.empty();
        }
        PieceRun run = runs.get(position.run);
        int end = run.endAfter(position.offset);
        Delta.Piece piece = run.between(position.offset, end);
        position.moveTo(position.run, end);
        return Optional.of(piece);
    }

    /** Forgets what nobody has read. */
    void cutAt(Collection<ReadPosition> positions) {
        ReadPosition position = positions.stream().max(ReadPosition::compareTo).orElseGet(ReadPosition::new);
        int read = positions.stream().mapToInt(reader -> reader.extras).max().orElse(0);
        extras.subList(Math.min(read, extras.size()), extras.size()).clear();
        if (position.isAtStart()) {
            runs.clear();
            return;
        }
        while (runs.size() > position.run + 1) {
            runs.remove(runs.size() - 1);
        }
        runs.get(position.run).cutAt(position.offset);
    }

    /**
     * Compares this answer with another one from a place up to which both are known to agree, and moves the place on.
     * Once it covers the other one, it has the same ids of tool calls.
     */
    Likeness compare(Transcript other, ReadPosition same) {
        if (other.isEmpty()) {
            return Likeness.COVERED;
        }
        while (same.run < runs.size()) {
            PieceRun mine = runs.get(same.run);
            PieceRun theirs = other.runs.get(same.run);
            if (!mine.saysTheSame(theirs, same.offset)) {
                return Likeness.DIFFERENT;
            }
            if (mine.size() >= theirs.size() && other.isLast(same.run)) {
                takeIds(other);
                return Likeness.COVERED;
            }
            if (mine.size() <= theirs.size() && isLast(same.run)) {
                same.moveTo(same.run, mine.size());
                return Likeness.BEHIND;
            }
            if (mine.size() != theirs.size()) {
                return Likeness.DIFFERENT;
            }
            same.moveTo(same.run + 1, 0);
        }
        return Likeness.BEHIND;
    }

    /** Keeps the ids that callers have received. */
    private void takeIds(Transcript other) {
        for (int run = 0; run < other.runs.size(); run++) {
            runs.get(run).takeId(other.runs.get(run));
        }
    }

    private boolean isLast(int run) {
        return run == runs.size() - 1;
    }

    public Completion build(AnswerEnd end, Origin origin) {
        StringBuilder text = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        StringBuilder refusal = new StringBuilder();
        List<PartialCall> calls = new ArrayList<>(0);
        for (PieceRun run : runs) {
            switch (run.sort()) {
                case TEXT -> text.append(run.text());
                case REASONING -> reasoning.append(run.text());
                case REFUSAL -> refusal.append(run.text());
                case TOOL_CALL -> PartialCall.of(calls, run.head().index()).take(run);
            }
        }
        return new Completion(
                text.toString(),
                ifAny(reasoning),
                ifAny(refusal),
                calls.stream().map(PartialCall::whole).toList(),
                end.finishReason(),
                end.usage().filter(Transcript::isPlausible),
                AnswerExtras.sum(extras),
                origin);
    }

    private static Optional<String> ifAny(StringBuilder text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text.toString());
    }

    private static boolean isPlausible(TokenUsage usage) {
        return usage.promptTokens() <= MOST_TOKENS
                && usage.completionTokens() <= MOST_TOKENS
                && usage.cachedPromptTokens() <= MOST_TOKENS
                && usage.reasoningTokens() <= MOST_TOKENS;
    }

    /** How far a caller has read. */
    public static final class ReadPosition implements Comparable<ReadPosition> {

        private int run;
        private int offset;
        private int extras;
        private boolean begun;
        private boolean lost;

        /** Marks that the caller can't be given anything more. */
        void lose() {
            lost = true;
        }

        boolean isAtStart() {
            return run == 0 && offset == 0;
        }

        private void moveTo(int otherRun, int otherOffset) {
            run = otherRun;
            offset = otherOffset;
        }

        @Override
        public int compareTo(ReadPosition other) {
            return run != other.run ? Integer.compare(run, other.run) : Integer.compare(offset, other.offset);
        }
    }

    /** A tool call being put together from its runs. */
    private static final class PartialCall {

        private String id = "";
        private String name = "";
        private ToolCall.Type type = ToolCall.Type.FUNCTION;
        private final StringBuilder arguments = new StringBuilder();
        private final Map<String, Object> extras = new LinkedHashMap<>(0);

        static PartialCall of(List<PartialCall> calls, int index) {
            while (calls.size() <= index) {
                calls.add(new PartialCall());
            }
            return calls.get(index);
        }

        void take(PieceRun run) {
            run.head().id().ifPresent(text -> id = text);
            run.head().name().ifPresent(text -> name = text);
            type = run.head().type();
            extras.putAll(run.head().extras());
            arguments.append(run.text());
        }

        ToolCall whole() {
            return new ToolCall(id, name, arguments.toString(), type, extras);
        }
    }
}
