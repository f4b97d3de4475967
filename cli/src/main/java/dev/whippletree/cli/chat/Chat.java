package dev.whippletree.cli.chat;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Mistakes;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.chat.LineEditor.Ended;
import dev.whippletree.cli.chat.LineEditor.Entry;
import dev.whippletree.cli.chat.LineEditor.Interrupted;
import dev.whippletree.cli.chat.LineEditor.Typed;
import dev.whippletree.config.Configuration;
import dev.whippletree.terminal.board.Words;
import java.util.concurrent.CancellationException;

/** Reads messages and commands until the input ends, and handles each. Confined to one thread. */
final class Chat {

    private final Surroundings surroundings;
    private final Configuration configuration;
    private final LineEditor editor;
    private final Notes notes;
    private final Mistakes mistakes;
    private final Asking asking;
    private final Talk talk;
    private final SlashCommands commands;
    private int failed;

    Chat(Surroundings surroundings, Whippletree whippletree, LineEditor editor, ChatWish wish) {
        this.surroundings = surroundings;
        this.configuration = whippletree.configuration();
        this.editor = editor;
        this.notes = new Notes(surroundings, editor);
        this.mistakes = new Mistakes(surroundings);
        Asking.Manner manner = new Asking.Manner(wish.stream(), wish.verbose() || editor.typed());
        this.asking = new Asking(surroundings, whippletree, editor, manner);
        Conversation conversation = Conversation.begun(wish.system());
        this.talk = new Talk(
                wish.prompts(), asking::ask, conversation, wish.choice().in(configuration));
        this.commands = new SlashCommands(surroundings, whippletree, wish, new SlashCommands.Conversing(talk, notes));
    }

    /**
     * Blocks until the user leaves.
     *
     * @return 0 at a terminal; else the exit code of the first message that failed
     */
    int run() {
        if (editor.typed()) {
            notes.say("Chat over " + Words.count(configuration.accounts().size(), "account")
                    + ". /help lists the commands, Ctrl-D ends the chat.");
        }
        boolean goesOn = true;
        while (goesOn && surroundings.lostOutput().isEmpty()) {
            surroundings.out().flush();
            surroundings.err().flush();
            goesOn = see(editor.read(talk.choice().prompt()));
        }
        return editor.typed() ? 0 : failed;
    }

    /** Prints a line that is logged where it spoils nothing. Thread-safe. */
    void log(String line) {
        asking.log(line);
    }

    private boolean see(Entry entry) {
        if (entry instanceof Typed typed) {
            return typed.text().isBlank() || handle(typed.text());
        }
        if (entry instanceof Interrupted interrupted && interrupted.empty()) {
            notes.say("Ctrl-D or /quit ends the chat");
        }
        return !(entry instanceof Ended);
    }

    private boolean handle(String text) {
        boolean goesOn = answer(text);
        notes.gap();
        return goesOn;
    }

    private boolean answer(String text) {
        try {
            SlashLine line = SlashLine.of(text).orElse(null);
            if (line != null) {
                return commands.run(line);
            }
            talk.say(text.strip());
        } catch (CancellationException e) {
            notes.say("stopped: this answer isn't part of the conversation; /retry asks again");
        } catch (RuntimeException e) {
            int code = mistakes.handle(e);
            failed = failed == 0 ? code : failed;
        }
        return true;
    }
}
