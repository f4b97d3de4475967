package dev.whippletree.batch.file;

import dev.whippletree.config.Configuration;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads an input from its beginning. Confined to one thread. */
interface InputReader extends Closeable {

    /**
     * Reads the next line that isn't blank.
     *
     * @return null at the end
     * @throws BadLineException if it can't be used; reading may go on behind it
     * @throws BadInputException if nothing behind it can be read either
     */
    @Nullable InputLine next() throws IOException, BadLineException;

    /** Opens an input. */
    static InputReader open(
            Storage storage, Path file, InputFormat format, PromptForm form, Configuration configuration)
            throws IOException {
        PromptMaker maker = new PromptMaker(form, configuration);
        return switch (format) {
            case JSONL -> new JsonLines(new Lines(storage.read(file)), maker);
            case TEXT -> new TextLines(new Lines(storage.read(file)), form, maker);
            case CSV, TSV -> new Rows(file, storage.read(file), format, form, maker);
        };
    }
}
