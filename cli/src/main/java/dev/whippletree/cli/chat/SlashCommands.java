package dev.whippletree.cli.chat;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.Names;
import dev.whippletree.terminal.board.Paint;
import dev.whippletree.terminal.board.Table;
import dev.whippletree.terminal.board.Table.Cell;
import dev.whippletree.terminal.board.Words;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Executes the commands to the chat itself. Confined to one thread. */
final class SlashCommands {

    /** Behind a command that sets something: nothing of the kind. */
    private static final String NONE = "-";

    private final Surroundings surroundings;
    private final Configuration configuration;
    private final Supplier<List<String>> status;
    private final Talk talk;
    private final Notes notes;

    /**
     * Creates one.
     *
     * @param whippletree who answers
     * @param wish how its status is shown
     */
    SlashCommands(Surroundings surroundings, Whippletree whippletree, ChatWish wish, Conversing conversing) {
        this.surroundings = surroundings;
        this.configuration = whippletree.configuration();
        this.status = () -> wish.status().apply(whippletree);
        this.talk = conversing.talk();
        this.notes = conversing.notes();
    }

    /**
     * What commands act on. Immutable itself.
     *
     * @param talk the conversation
     * @param notes where they say what they did
     */
    record Conversing(Talk talk, Notes notes) {}

    /**
     * Does what a line says.
     *
     * @return whether the chat goes on
     * @throws UserMistake if there is no such command, or it can't be done as it was said
     */
    boolean run(SlashLine line) {
        SlashCommand command = SlashCommand.named(line.word()).orElseThrow(() -> unknown(line.word()));
        if (command.argument().isEmpty() && !line.argument().isEmpty()) {
            throw new UserMistake(command.word() + " takes no argument");
        }
        return run(command, line.argument());
    }

    private static UserMistake unknown(String word) {
        return new UserMistake("there is no command " + word + Names.suggestion(word, SlashCommand.words())
                + " (to send it as a message, type a blank before it)");
    }

    private boolean run(SlashCommand command, String argument) {
        switch (command) {
            case ROUTE -> route(argument);
            case ACCOUNT -> account(argument);
            case SYSTEM -> system(argument);
            case RETRY -> talk.again();
            case CLEAR -> clear();
            case SAVE -> save(argument, false);
            case REPLACE -> save(argument, true);
            case STATUS -> status.get().forEach(surroundings.out()::println);
            case HELP -> help();
            case QUIT -> {
                return false;
            }
        }
        return true;
    }

    private void route(String name) {
        if (!name.isEmpty()) {
            talk.choose(talk.choice().withRoute(name).in(configuration));
        }
        List<String> routes = Choice.routes(configuration);
        notes.say("route: " + talk.choice().route().orElse(routes.get(0)) + others(name, routes));
    }

    private void account(String id) {
        if (!id.isEmpty()) {
            Optional<String> only = id.equals(NONE) ? Optional.empty() : Optional.of(id);
            talk.choose(talk.choice().withAccount(only).in(configuration));
        }
        notes.say("account: " + talk.choice().account().orElse("any") + others(id, Choice.accounts(configuration)));
    }

    /** Where nothing was chosen, what there is to choose from. */
    private static String others(String chosen, List<String> known) {
        return chosen.isEmpty() ? " (known: " + String.join(", ", known) + ")" : "";
    }

    private void system(String text) {
        if (!text.isEmpty()) {
            talk.instruct(text.equals(NONE) ? Optional.empty() : Optional.of(text));
        }
        notes.say(
                talk.conversation().system().map(set -> "instructions: " + set).orElse("no instructions"));
    }

    private void clear() {
        talk.forget();
        notes.say("the conversation is forgotten");
    }

    private void save(String name, boolean replacing) {
        if (name.isEmpty()) {
            throw new UserMistake("name a file, such as /save talk.md or /save talk.json");
        }
        int exchanges = talk.conversation().exchanges().size();
        if (exchanges == 0) {
            throw new UserMistake("nothing to save: no question has been answered yet");
        }
        Path file = file(name);
        SavedConversation.write(talk.conversation(), file, replacing);
        notes.say("saved " + Words.count(exchanges, "answer") + " with "
                + (exchanges == 1 ? "its question" : "their questions") + " in " + file);
    }

    private Path file(String name) {
        String home = surroundings.environment().get("HOME");
        try {
            return name.startsWith("~/") && home != null
                    ? Path.of(home, name.substring(2))
                    : surroundings.folder().resolve(name);
        } catch (InvalidPathException e) {
            throw new UserMistake(name + " isn't a valid file name: " + e.getMessage());
        }
    }

    private void help() {
        Table table = new Table(surroundings.terminal().screen());
        for (SlashCommand command : SlashCommand.values()) {
            table.row(
                    Cell.left(command.word() + " " + command.argument()),
                    Cell.left(command.does()).painted(Paint.FAINT));
        }
        table.detail(1).lines().forEach(surroundings.out()::println);
        surroundings.out().println();
        surroundings.out().println("A line that ends with \\ continues on the next; pasted lines stay one message.");
        surroundings
                .out()
                .println("Ctrl-C stops an answer. The arrow keys bring back earlier messages, Tab completes.");
    }
}
