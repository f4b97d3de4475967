package dev.whippletree.cli.chat;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Opening;
import dev.whippletree.cli.base.OptionalModule;
import dev.whippletree.cli.base.PromptOptions;
import dev.whippletree.cli.base.StreamOption;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.emulate.EmulatedAccounts;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.config.Configuration;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A conversation by hand. */
@Command(
        name = "chat",
        description = {
            "A conversation in the terminal: type messages, read answers as they arrive.",
            "/help lists its commands. If standard input isn't a terminal, each of its lines is a message."
        },
        footer = {
            "  whippletree chat",
            "  whippletree chat --account hf-2 --system \"Be brief.\"",
            "  whippletree chat --emulated                    needs no account",
            "  printf 'Hello\\nAnd now?\\n' | whippletree chat"
        })
public final class ChatCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Mixin
    private final PromptOptions options = new PromptOptions();

    @Mixin
    private final StreamOption stream = new StreamOption();

    @Option(names = "--no-history", description = "Keep no history, and recall no earlier input.")
    private boolean noHistory;

    @Option(names = "--emulated", description = "Ask an emulated service instead; needs no account.")
    private boolean emulated;

    @Mixin
    private final Opening opening = new Opening();

    public ChatCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        options.check();
        return emulated ? OptionalModule.EMULATOR.needed("chat --emulated", this::chatEmulated) : chat();
    }

    private int chat() {
        try (Whippletree whippletree = opening.open(surroundings)) {
            return chat(whippletree);
        }
    }

    private int chatEmulated() {
        Optional<String> model = opening.modelToEmulate();
        surroundings.say("the answers come from an emulated service, not from a model");
        try (EmulatedAccounts accounts = EmulatedAccounts.open(surroundings, model, List.of())) {
            return chat(accounts.whippletree());
        }
    }

    private int chat(Whippletree whippletree) {
        options.checkNames(whippletree.configuration());
        try (LineEditor editor = editor(whippletree.configuration())) {
            LogOutput.to(editor::above);
            return new Chat(surroundings, whippletree, editor, options, stream.on(surroundings.terminal())).run();
        } finally {
            LogOutput.to(surroundings.err()::println);
        }
    }

    private LineEditor editor(Configuration configuration) {
        if (surroundings.terminal().in() && surroundings.terminal().out()) {
            return TerminalEditor.ofProcess(noHistory ? Optional.empty() : history(configuration));
        }
        return new PlainLines(new InputStreamReader(surroundings.in(), surroundings.charset()), surroundings.err());
    }

    private Optional<Path> history(Configuration configuration) {
        Optional<Path> place = ChatHistory.place(configuration.state(), surroundings);
        if (place.isPresent()) {
            try {
                ChatHistory.make(place.get());
            } catch (IOException e) {
                surroundings.err().println("the history isn't kept: " + place.get() + " can't be written");
                return Optional.empty();
            }
        }
        return place;
    }
}
