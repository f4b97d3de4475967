package dev.whippletree.cli.chat;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.config.Configuration;
import dev.whippletree.terminal.board.Paint;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.Optional;

/** A chat from start to end, at a terminal or over other standard input. Confined to one thread. */
public final class ChatRun {

    private final Surroundings surroundings;
    private final ChatWish wish;

    /** Prepares one. */
    public ChatRun(Surroundings surroundings, ChatWish wish) {
        this.surroundings = surroundings;
        this.wish = wish;
    }

    /**
     * Chats. Blocks until the user leaves.
     *
     * @param whippletree who answers
     * @return 0 at a terminal; else the exit code of the first message that failed
     * @throws dev.whippletree.cli.base.UserMistake if it can't begin as wished
     */
    public int run(Whippletree whippletree) {
        boolean typed = surroundings.terminal().in() && surroundings.terminal().out();
        try (LineEditor editor = typed ? terminal(whippletree.configuration()) : lines()) {
            Chat chat = new Chat(surroundings, whippletree, editor, wish);
            LogOutput.to(chat::log);
            return chat.run();
        } finally {
            LogOutput.to(surroundings.err()::println);
        }
    }

    private LineEditor lines() {
        return new PlainLines(new InputStreamReader(surroundings.in(), surroundings.charset()), surroundings.err());
    }

    private LineEditor terminal(Configuration configuration) {
        Optional<Path> history = wish.history() ? history(configuration) : Optional.empty();
        return TerminalEditor.ofProcess(new NameCompleter(configuration), history);
    }

    private Optional<Path> history(Configuration configuration) {
        Optional<Path> place = ChatHistory.place(configuration.state(), surroundings);
        if (place.isPresent()) {
            try {
                ChatHistory.make(place.get());
            } catch (IOException e) {
                note("the history isn't kept: " + place.get() + " can't be written");
                return Optional.empty();
            }
        }
        return place;
    }

    private void note(String line) {
        surroundings.err().println(Paint.FAINT.on(line, surroundings.terminal().colours()));
    }
}
