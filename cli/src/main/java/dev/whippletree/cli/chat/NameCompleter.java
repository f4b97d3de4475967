package dev.whippletree.cli.chat;

import dev.whippletree.config.Configuration;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Completes commands, and the names of routes and accounts that they take. Immutable. */
final class NameCompleter implements Completer {

    private final List<String> routes;
    private final List<String> accounts;

    NameCompleter(Configuration configuration) {
        this.routes = Choice.routes(configuration);
        this.accounts = Choice.accounts(configuration);
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        if (!line.line().startsWith("/")) {
            return;
        }
        if (line.wordIndex() == 0) {
            for (SlashCommand command : SlashCommand.values()) {
                candidates.add(new Candidate(
                        command.word(),
                        command.word(),
                        null,
                        command.does(),
                        null,
                        null,
                        !command.argument().isEmpty()));
            }
        } else if (line.wordIndex() == 1) {
            names(line.words().get(0)).forEach(name -> candidates.add(new Candidate(name)));
        }
    }

    private List<String> names(String word) {
        return switch (word) {
            case "/route" -> routes;
            case "/account" -> accounts;
            default -> List.of();
        };
    }
}
