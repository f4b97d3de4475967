package dev.whippletree.cli.chat;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.answer.AnswerText;
import dev.whippletree.cli.answer.Provenance;
import dev.whippletree.cli.base.HeldWarnings;
import dev.whippletree.cli.base.Mistakes;
import dev.whippletree.cli.base.PromptOptions;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.chat.Conversation.Exchange;
import dev.whippletree.cli.chat.LineEditor.Ended;
import dev.whippletree.cli.chat.LineEditor.Input;
import dev.whippletree.cli.chat.LineEditor.Interrupted;
import dev.whippletree.cli.chat.LineEditor.Typed;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.config.Names;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.terminal.board.Paint;
import dev.whippletree.terminal.board.Words;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads messages and commands until the input ends, and handles each. Confined to one thread. */
final class Chat {

    /** A path or a comment in code, such as {@code /usr/bin} and {@code // why}, isn't a command. */
    private static final Pattern COMMAND = Pattern.compile("(/[A-Za-z]+)(?:\\s+(.*))?", Pattern.DOTALL);

    private static final List<String> COMMANDS = List.of("/save", "/help", "/quit");

    private static final String HELP = """
            /save FILE   writes the conversation to a .md or .json file
            /help        shows this
            /quit        ends the chat, like Ctrl-D

            A line that ends with \\ continues on the next; pasted lines stay one message.
            Ctrl-C stops an answer. The arrow keys bring back earlier messages.
            """;

    private final Surroundings surroundings;
    private final Whippletree whippletree;
    private final LineEditor editor;
    private final PromptOptions options;
    private final boolean streams;
    private Conversation conversation;
    private int failed;

    /**
     * Begins a conversation.
     *
     * @param streams whether answers are shown while they arrive
     */
    Chat(
            Surroundings surroundings,
            Whippletree whippletree,
            LineEditor editor,
            PromptOptions options,
            boolean streams) {
        this.surroundings = surroundings;
        this.whippletree = whippletree;
        this.editor = editor;
        this.options = options;
        this.streams = streams;
        this.conversation = new Conversation(options.system(), List.of());
    }

    /**
     * Blocks until the user leaves.
     *
     * @return 0 at a terminal; else the exit code of the first message that failed
     */
    int run() {
        if (editor.typed()) {
            say("Chat over "
                    + Words.count(whippletree.configuration().accounts().size(), "account")
                    + ". /help lists the commands, Ctrl-D ends the chat.");
        }
        boolean goesOn = true;
        while (goesOn && surroundings.lostOutput().isEmpty()) {
            surroundings.out().flush();
            surroundings.err().flush();
            goesOn = handle(editor.read("> "));
        }
        return editor.typed() ? 0 : failed;
    }

    private boolean handle(Input entry) {
        if (entry instanceof Typed typed && !typed.text().isBlank()) {
            boolean goesOn = handle(typed.text());
            if (editor.typed()) {
                surroundings.err().println();
            }
            return goesOn;
        }
        if (entry instanceof Interrupted interrupted && interrupted.empty()) {
            say("Ctrl-D or /quit ends the chat");
        }
        return !(entry instanceof Ended);
    }

    private boolean handle(String text) {
        try {
            Matcher command = COMMAND.matcher(text.stripTrailing());
            if (command.matches()) {
                return run(
                        command.group(1), Optional.ofNullable(command.group(2)).orElse(""));
            }
            ask(text.strip());
        } catch (CancellationException e) {
            say("stopped: this answer isn't part of the conversation");
        } catch (RuntimeException e) {
            int code = new Mistakes(surroundings).handle(e);
            failed = failed == 0 ? code : failed;
        }
        return true;
    }

    /** Only a whole answer becomes part of the conversation, and its question with it. */
    private void ask(String question) {
        Prompt.Builder prompt = options.builder();
        conversation.asking(question).forEach(prompt::message);
        Completion answer = ask(prompt.build());
        conversation = conversation.with(
                new Exchange(question, answer.words(), answer.origin().model()));
    }

    /**
     * Blocks until the answer is printed.
     *
     * @throws CancellationException if the user stopped it
     * @throws RuntimeException if there is no whole answer
     */
    private Completion ask(Prompt prompt) {
        long start = surroundings.timeline().nanoTime();
        Completion answer = HeldWarnings.during(surroundings, whippletree, editor::above, () -> answer(prompt));
        if (answer.finishReason() == FinishReason.LENGTH) {
            surroundings.say(Provenance.CUT);
        }
        if (!LogOutput.isQuiet() || editor.typed()) {
            Duration took = Duration.ofNanos(surroundings.timeline().nanoTime() - start);
            say(Provenance.line(answer, took));
        }
        return answer;
    }

    private Completion answer(Prompt prompt) {
        boolean colours = surroundings.terminal().colours();
        AnswerText text = surroundings.terminal().out()
                ? AnswerText.withReasoning(surroundings.out(), colours)
                : AnswerText.plain(surroundings.out(), false);
        // Set before the prompt is asked: the user may see the first piece, and interrupt, before there is a future.
        CompletableFuture<Void> interrupted = new CompletableFuture<>();
        editor.onInterrupt(() -> interrupted.complete(null));
        try {
            CompletableFuture<Completion> coming =
                    streams ? whippletree.stream(prompt, text::take) : whippletree.complete(prompt);
            interrupted.thenRun(() -> coming.cancel(false));
            Completion completion = Whippletree.await(coming);
            if (!streams) {
                completion.reasoning().ifPresent(thought -> text.take(new Delta.Reasoning(thought)));
                text.take(new Delta.Text(completion.words()));
            }
            text.end();
            return completion;
        } finally {
            editor.onInterrupt(() -> {});
            text.breakOff();
        }
    }

    private boolean run(String command, String argument) {
        switch (command) {
            case "/save" -> save(argument);
            case "/help" -> HELP.lines().forEach(surroundings.out()::println);
            case "/quit" -> {
                return false;
            }
            default ->
                throw new UserMistake("there is no command " + command + Names.suggestion(command, COMMANDS)
                        + " (to send it as a message, type a blank before it)");
        }
        return true;
    }

    private void save(String name) {
        if (name.isEmpty()) {
            throw new UserMistake("name a file, such as /save talk.md or /save talk.json");
        }
        int exchanges = conversation.exchanges().size();
        if (exchanges == 0) {
            throw new UserMistake("nothing to save: no question has been answered yet");
        }
        Path file = file(name);
        SavedConversation.write(conversation, file);
        say("saved " + Words.count(exchanges, "answer") + " with "
                + (exchanges == 1 ? "its question" : "their questions") + " in " + file);
    }

    /** Prints what the chat itself has to say, faintly, and broken between words on a narrow terminal. */
    private void say(String text) {
        List<String> lines = editor.typed() ? Words.wrap(text, editor.columns()) : List.of(text);
        boolean colours =
                surroundings.terminal().colours() && surroundings.terminal().err();
        lines.forEach(line -> surroundings.err().println(Paint.FAINT.on(line, colours)));
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
}
