package dev.whippletree.cli.ask;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.answer.AnswerText;
import dev.whippletree.cli.answer.Provenance;
import dev.whippletree.cli.base.ByteOrderMark;
import dev.whippletree.cli.base.ExitCode;
import dev.whippletree.cli.base.HeldWarnings;
import dev.whippletree.cli.base.Opening;
import dev.whippletree.cli.base.OptionalModule;
import dev.whippletree.cli.base.PromptOptions;
import dev.whippletree.cli.base.StreamOption;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.emulate.EmulatedAccounts;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.terminal.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks one prompt and prints the answer, alone, on standard output. */
@Command(
        name = "ask",
        description = "Asks one prompt. Standard output gets the answer and nothing else.",
        footer = {
            "  whippletree ask \"Tell me about yourself\"",
            "  cat notes.txt | whippletree ask \"Summarise:\" --max-tokens 200",
            "  whippletree ask --account hf-2 --json \"Hello\"",
            "  whippletree ask --question \"Who are you?\"",
            "  whippletree ask --stream \"Tell me a long story\" | tee story.txt"
        })
public final class AskCommand implements Callable<Integer> {

    private static final String STANDARD_INPUT = "-";

    private final Surroundings surroundings;

    @Parameters(
            arity = "0..*",
            paramLabel = "TEXT",
            description = "The prompt. Piped text is appended to it, or replaces a - in it.")
    private List<String> words = List.of();

    @Option(
            names = "--question",
            paramLabel = "TEXT",
            description = "The part of the prompt whose wording may vary, for caches that answer similar questions;"
                    + " without a prompt, it is the prompt.")
    private @Nullable String question;

    @Mixin
    private final PromptOptions options = new PromptOptions();

    @Option(names = "--json", description = "Print the whole completion as JSON.")
    private boolean json;

    @Mixin
    private final StreamOption stream = new StreamOption();

    @Option(names = "--emulated", description = "Ask an emulated service instead; needs no account.")
    private boolean emulated;

    @Mixin
    private final Opening opening = new Opening();

    public AskCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (json && stream.wanted()) {
            throw new UserMistake(
                    "--json prints the whole completion, so it can't be combined with --stream; choose one");
        }
        Prompt prompt = prompt();
        return emulated ? OptionalModule.EMULATOR.needed("ask --emulated", () -> askEmulated(prompt)) : ask(prompt);
    }

    private int ask(Prompt prompt) {
        try (Whippletree whippletree = opening.openToAskOnce(surroundings)) {
            return HeldWarnings.during(
                    surroundings, whippletree, surroundings.err()::println, () -> answer(whippletree, prompt));
        }
    }

    private int askEmulated(Prompt prompt) {
        Optional<String> model = opening.modelToEmulate();
        surroundings.say("the answer comes from an emulated service, not from a model");
        try (EmulatedAccounts accounts = EmulatedAccounts.open(surroundings, model, List.of())) {
            return answer(accounts.whippletree(), prompt);
        }
    }

    private int answer(Whippletree whippletree, Prompt prompt) {
        long start = surroundings.timeline().nanoTime();
        Completion completion = !json && stream.on(surroundings.terminal())
                ? printWhileItComes(whippletree, prompt)
                : printWhole(whippletree, prompt);
        Duration took = Duration.ofNanos(surroundings.timeline().nanoTime() - start);
        if (completion.finishReason() == FinishReason.LENGTH) {
            surroundings.say(Provenance.CUT);
        }
        if (!LogOutput.isQuiet()) {
            surroundings.err().println(Provenance.line(completion, took));
        }
        return ExitCode.ANSWERED;
    }

    private Completion printWhole(Whippletree whippletree, Prompt prompt) {
        Completion completion = whippletree.ask(prompt);
        if (json) {
            surroundings.out().println(Json.write(CompletionJson.of(completion)));
        } else {
            AnswerText text = answerText();
            text.take(new Delta.Text(completion.words()));
            text.end();
        }
        return completion;
    }

    private Completion printWhileItComes(Whippletree whippletree, Prompt prompt) {
        AnswerText text = answerText();
        try {
            Completion completion = Whippletree.await(whippletree.stream(prompt, text::take));
            text.end();
            return completion;
        } finally {
            text.breakOff();
        }
    }

    private AnswerText answerText() {
        return AnswerText.plain(surroundings.out(), surroundings.terminal().out());
    }

    private Prompt prompt() {
        if (question == null) {
            return options.prompt(text(words), Optional.empty());
        }
        if (question.isBlank()) {
            throw new UserMistake("--question is empty");
        }
        String text = text(words.isEmpty() ? List.of(question) : words);
        int first = text.indexOf(question);
        if (first < 0) {
            throw new UserMistake("--question: '" + question + "' isn't in the prompt; repeat it there word for word,"
                    + " or leave out the rest of the prompt");
        }
        if (first != text.lastIndexOf(question)) {
            throw new UserMistake(
                    "--question: '" + question + "' is in the prompt several times; it may be there only once");
        }
        return options.prompt(text, Optional.of(question));
    }

    private String text(List<String> words) {
        int place = words.indexOf(STANDARD_INPUT);
        if (place != words.lastIndexOf(STANDARD_INPUT)) {
            throw new UserMistake("- means standard input, which can be read only once: write one -");
        }
        String piped = place >= 0 || surroundings.isPiped() ? read() : "";
        if (place >= 0 && piped.isEmpty()) {
            throw new UserMistake("- means standard input, which is empty");
        }
        int split = place < 0 ? words.size() : place;
        String before = String.join(" ", words.subList(0, split));
        String after = place < 0 ? "" : String.join(" ", words.subList(split + 1, words.size()));
        String text =
                Stream.of(before, piped, after).filter(part -> !part.isBlank()).collect(Collectors.joining("\n\n"));
        if (text.isEmpty()) {
            throw new UserMistake(
                    words.isEmpty()
                            ? "there is no prompt: write it after 'whippletree ask', or pipe it in"
                            : "the prompt is empty");
        }
        return text;
    }

    private String read() {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(surroundings.in().readAllBytes());
            String text = surroundings.charset().newDecoder().decode(bytes).toString();
            return ByteOrderMark.removed(text).strip();
        } catch (CharacterCodingException e) {
            throw new UserMistake("standard input isn't text in " + surroundings.charset());
        } catch (IOException e) {
            throw new UncheckedIOException("standard input can't be read", e);
        }
    }
}
