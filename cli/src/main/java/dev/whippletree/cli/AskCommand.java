package dev.whippletree.cli;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.board.Words;
import dev.whippletree.cli.emulated.EmulatedAccounts;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
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
            "  echo \"Summarise: ...\" | whippletree ask - --max-tokens 200",
            "  whippletree ask --account hf-2 --json \"Hello\""
        })
final class AskCommand implements Callable<Integer> {

    private static final String STANDARD_INPUT = "-";

    private final Surroundings surroundings;

    @Parameters(arity = "1..*", paramLabel = "TEXT", description = "The prompt; - reads it from standard input.")
    private List<String> words = List.of();

    @Mixin
    private final PromptOptions options = new PromptOptions();

    @Option(names = "--json", description = "Print the whole completion as JSON.")
    private boolean json;

    @Option(names = "--emulated", description = "Ask an emulated service started for this; needs no account.")
    private boolean emulated;

    @Mixin
    private final Opening opening = new Opening();

    @Mixin
    private final CommonOptions common = new CommonOptions();

    AskCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Prompt prompt = options.prompt(text());
        return emulated ? OptionalModule.EMULATOR.needed("ask --emulated", () -> askEmulated(prompt)) : ask(prompt);
    }

    private int ask(Prompt prompt) {
        try (Whippletree whippletree = opening.openToAskOnce(surroundings)) {
            return answer(whippletree, prompt);
        }
    }

    private int askEmulated(Prompt prompt) {
        surroundings.err().println("whippletree: the answer comes from an emulated service, not from a model");
        try (EmulatedAccounts accounts = EmulatedAccounts.open(surroundings)) {
            return answer(accounts.whippletree(), prompt);
        }
    }

    private int answer(Whippletree whippletree, Prompt prompt) {
        long start = surroundings.timeline().nanoTime();
        Completion completion = Waiting.on(whippletree.complete(prompt));
        Duration took = Duration.ofNanos(surroundings.timeline().nanoTime() - start);
        surroundings.out().println(json ? Json.write(CompletionJson.of(completion)) : completion.text());
        if (completion.finishReason() == FinishReason.LENGTH) {
            surroundings.err().println("whippletree: the answer is cut: its tokens were used up (see --max-tokens)");
        }
        if (common.verbose()) {
            surroundings.err().println(origin(completion, took));
        }
        return ExitCode.ANSWERED;
    }

    private String text() {
        String text = words.equals(List.of(STANDARD_INPUT)) ? read() : String.join(" ", words);
        if (text.isBlank()) {
            throw new UserMistake("the prompt is empty");
        }
        return text;
    }

    private String read() {
        try {
            byte[] bytes = surroundings.in().readAllBytes();
            return new String(bytes, Surroundings.charset(surroundings.terminal())).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("standard input can't be read", e);
        }
    }

    private static String origin(Completion completion, Duration took) {
        Origin origin = completion.origin();
        String source = switch (origin.source()) {
            case CALL -> "answered by account " + origin.account();
            case JOINED -> "joined another's call to account " + origin.account();
            case CACHE -> "from cache " + origin.cache().orElse("") + ", once answered by account " + origin.account();
        };
        return source + ", model " + origin.model() + ", " + Words.count(origin.attempts(), "attempt") + ", waited "
                + Words.duration(origin.waited()) + ", took " + Words.duration(took)
                + completion
                        .usage()
                        .map(usage -> ", " + Words.count(usage.total(), "token"))
                        .orElse("");
    }
}
