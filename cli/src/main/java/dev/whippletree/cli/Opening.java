package dev.whippletree.cli;

import dev.whippletree.Whippletree;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which configuration a command uses, and how it opens a {@link Whippletree} from it. */
final class Opening {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration; default: $WHIPPLETREE_CONFIG, ./whippletree.yaml, then the user's own.")
    private @Nullable Path file;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "The model of the default route; default: $WHIPPLETREE_MODEL, then openai/gpt-oss-20b.")
    private @Nullable String model;

    Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /**
     * Opens one. Makes no call.
     *
     * @throws dev.whippletree.model.ConfigurationException with every problem
     * @throws UserMistake if there is no account at all, saying how to get one
     */
    Whippletree open(Surroundings surroundings) {
        Whippletree.Builder builder = surroundings.builders().get().environment(surroundings.environment());
        model().ifPresent(builder::model);
        return builder.build();
    }
}
