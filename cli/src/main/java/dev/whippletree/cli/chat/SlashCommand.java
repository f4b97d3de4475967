package dev.whippletree.cli.chat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The commands to the chat itself. */
enum SlashCommand {
    ROUTE("/route", "NAME", "use this route from now on"),
    ACCOUNT("/account", "ID", "use only this account; - allows any"),
    SYSTEM("/system", "TEXT", "set instructions before the conversation; - removes them"),
    RETRY("/retry", "", "ask the last question again, for a fresh answer"),
    CLEAR("/clear", "", "forget the conversation, but keep the instructions"),
    SAVE("/save", "FILE", "write the conversation to a .md or .json file"),
    REPLACE("/save!", "FILE", "the same, overwriting an existing file"),
    STATUS("/status", "", "show the accounts, as 'whippletree status' does"),
    HELP("/help", "", "show this"),
    QUIT("/quit", "", "end the chat, like Ctrl-D");

    private final String word;
    private final String argument;
    private final String does;

    SlashCommand(String word, String argument, String does) {
        this.word = word;
        this.argument = argument;
        this.does = does;
    }

    /** Returns how it is typed. */
    String word() {
        return word;
    }

    /** Returns what is called for behind it; empty if nothing. */
    String argument() {
        return argument;
    }

    /** Returns what it does, for people. */
    String does() {
        return does;
    }

    static Optional<SlashCommand> named(String word) {
        return Arrays.stream(values())
                .filter(command -> command.word.equals(word))
                .findFirst();
    }

    static List<String> words() {
        return Arrays.stream(values()).map(SlashCommand::word).toList();
    }
}
