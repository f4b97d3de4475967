package dev.whippletree.cli.chat;

import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.terminal.board.Paint;
import dev.whippletree.terminal.board.Words;
import java.util.List;

/** Prints the chat's own messages, faintly, between the answers. Thread-safe. */
record Notes(Surroundings surroundings, LineEditor editor) {

    /** Prints a message, broken between words on a narrow terminal. */
    void say(String text) {
        List<String> lines = editor.typed() ? Words.wrap(text, editor.columns()) : List.of(text);
        lines.forEach(line -> surroundings.err().println(faint(line)));
    }

    /** Prints an empty line on a terminal, to separate the next output. */
    void gap() {
        if (editor.typed()) {
            surroundings.err().println();
        }
    }

    private String faint(String text) {
        return Paint.FAINT.on(
                text,
                surroundings.terminal().colours() && surroundings.terminal().err());
    }
}
