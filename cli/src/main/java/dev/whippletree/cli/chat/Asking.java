package dev.whippletree.cli.chat;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.answer.AnswerText;
import dev.whippletree.cli.answer.Provenance;
import dev.whippletree.cli.base.HeldWarnings;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.TokenAdvice;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/** Asks a prompt and prints its answer until it is complete or the user stops it. Confined to one thread. */
final class Asking {

    private final Surroundings surroundings;
    private final Whippletree whippletree;
    private final LineEditor editor;
    private final Notes notes;
    private final ChatWish wish;

    Asking(Surroundings surroundings, Whippletree whippletree, LineEditor editor, ChatWish wish) {
        this.surroundings = surroundings;
        this.whippletree = whippletree;
        this.editor = editor;
        this.notes = new Notes(surroundings, editor);
        this.wish = wish;
    }

    /**
     * Blocks until the answer is printed.
     *
     * @throws CancellationException if the user stopped it
     * @throws RuntimeException if there is no whole answer
     */
    Completion ask(Prompt prompt) {
        long start = surroundings.timeline().nanoTime();
        Completion answer = HeldWarnings.during(surroundings.timeline(), editor::above, () -> answer(prompt));
        if (answer.finishReason() == FinishReason.LENGTH) {
            surroundings.say(Provenance.CUT);
        }
        if (wish.verbose() || editor.typed()) {
            Duration took = Duration.ofNanos(surroundings.timeline().nanoTime() - start);
            notes.say(Provenance.line(answer, took));
        }
        return answer;
    }

    private Completion answer(Prompt prompt) {
        AnswerText text = answerText();
        // Set before the prompt is asked: the user may see the first piece, and interrupt, before there is a future.
        CompletableFuture<Void> interrupted = new CompletableFuture<>();
        editor.onInterrupt(() -> interrupted.complete(null));
        try {
            CompletableFuture<Completion> coming =
                    wish.stream() ? whippletree.stream(prompt, text::take) : whippletree.complete(prompt);
            interrupted.thenRun(() -> coming.cancel(false));
            Completion completion = Whippletree.await(coming);
            if (!wish.stream()) {
                completion.reasoning().ifPresent(thought -> text.take(new Delta.Reasoning(thought)));
                text.take(new Delta.Text(completion.words()));
            }
            text.end();
            return completion;
        } catch (PromptException e) {
            throw TokenAdvice.on(e, whippletree.configuration().accounts(), surroundings.environment());
        } finally {
            editor.onInterrupt(() -> {});
            text.breakOff();
        }
    }

    private AnswerText answerText() {
        return surroundings.terminal().out()
                ? AnswerText.withReasoning(
                        surroundings.out(), surroundings.terminal().colours())
                : AnswerText.plain(surroundings.out(), false);
    }
}
