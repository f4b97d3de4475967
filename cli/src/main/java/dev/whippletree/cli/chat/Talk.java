package dev.whippletree.cli.chat;

import dev.whippletree.cli.answer.ComingAnswer.Answer;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.chat.Conversation.Exchange;
import dev.whippletree.model.Prompt;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The running conversation, with its route or account. Confined to one thread. */
final class Talk {

    private final Supplier<Prompt.Builder> prompts;
    private final Function<Prompt, Answer> asking;
    private Conversation conversation;
    private Choice choice;
    private Optional<String> unanswered = Optional.empty();

    /**
     * Creates one.
     *
     * @param prompts begins each prompt, with its parameters and without messages
     * @param asking puts a prompt; throws if there is no whole answer
     */
    Talk(Supplier<Prompt.Builder> prompts, Function<Prompt, Answer> asking, Conversation conversation, Choice choice) {
        this.prompts = prompts;
        this.asking = asking;
        this.conversation = conversation;
        this.choice = choice;
    }

    Conversation conversation() {
        return conversation;
    }

    Choice choice() {
        return choice;
    }

    void choose(Choice other) {
        choice = other;
    }

    void instruct(Optional<String> instructions) {
        conversation = conversation.withSystem(instructions);
    }

    void forget() {
        conversation = Conversation.begun(conversation.system());
        unanswered = Optional.empty();
    }

    /** Puts a question behind what was said so far. Only a whole answer becomes part of the conversation, and its question with it. */
    void say(String question) {
        unanswered = Optional.of(question);
        put(conversation, question, prompts.get());
    }

    /**
     * Puts the last question again, for a fresh answer in the place of the one it had.
     *
     * @throws UserMistake if there is none
     */
    void again() {
        Prompt.Builder fresh = prompts.get().noCache();
        if (unanswered.isPresent()) {
            put(conversation, unanswered.get(), fresh);
            return;
        }
        Exchange last = conversation.last().orElseThrow(() -> new UserMistake("no question has been asked yet"));
        put(conversation.withoutLast(), last.question(), fresh);
    }

    private void put(Conversation before, String question, Prompt.Builder prompt) {
        before.asking(question).forEach(prompt::message);
        Answer answer = asking.apply(choice.applyTo(prompt).build());
        conversation = before.with(
                new Exchange(question, answer.text(), answer.end().origin().model()));
        unanswered = Optional.empty();
    }
}
