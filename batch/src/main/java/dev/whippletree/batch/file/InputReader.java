package dev.whippletree.batch.file;

import dev.whippletree.config.Configuration;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
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

    /** Opens an input; its form may be another than that of the files. */
    static InputReader open(BatchFiles files, PromptForm form, Configuration configuration) throws IOException {
        return of(Disk.INSTANCE.read(files.input()), files, form, configuration);
    }

    /** Reads an input from a stream, which it closes. */
    static InputReader of(InputStream stream, BatchFiles files, PromptForm form, Configuration configuration)
            throws IOException {
        PromptMaker maker = new PromptMaker(form, configuration);
        return switch (files.format()) {
            case JSONL -> new JsonLines(new Lines(stream), maker);
            case TEXT -> new TextLines(new Lines(stream), form, maker);
            case CSV, TSV -> new Rows(files.input(), stream, files.format(), form, maker);
        };
    }
}
