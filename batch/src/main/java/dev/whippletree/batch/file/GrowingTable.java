package dev.whippletree.batch.file;

import de.siegmar.fastcsv.writer.CsvWriter;
import dev.whippletree.batch.BatchResult;
import dev.whippletree.batch.Journal;
import dev.whippletree.model.Completion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal that also appends each answer to a table of rows, once the answer is in the journal. The table is a copy for readers: nothing is resumed
 * from it, and a table that can't be written stops growing until it is made anew from the journal. Thread-safe.
 */
final class GrowingTable implements Journal {

    private static final Logger LOG = LoggerFactory.getLogger(GrowingTable.class);

    private final Journal journal;
    private final Path file;
    private final boolean safe;
    private final Map<String, List<String>> rows = new ConcurrentHashMap<>();
    private volatile @Nullable CsvWriter writer;

    /**
     * Goes on at the table's end.
     *
     * @param file a table of the answers that the journal has
     * @param safe whether no value may be taken for a formula
     */
    GrowingTable(Journal journal, Path file, boolean safe) throws IOException {
        this.journal = journal;
        this.file = file;
        this.safe = safe;
        this.writer = Arrangement.writer(file, Files.newOutputStream(file, StandardOpenOption.APPEND));
    }

    /** Keeps the values of an item's row until the item has its result. */
    void expect(String id, List<String> values) throws IOException {
        if (writer != null && !journal.has(id)) {
            rows.put(id, values);
        }
    }

    @Override
    public boolean has(String id) throws IOException {
        return journal.has(id);
    }

    @Override
    public Optional<Completion> answer(String id) throws IOException {
        return journal.answer(id);
    }

    @Override
    public Optional<Completion> answerTo(String key) throws IOException {
        return journal.answerTo(key);
    }

    @Override
    public void append(List<BatchResult> results) throws IOException {
        journal.append(results);
        CsvWriter table = writer;
        if (table == null) {
            return;
        }
        try {
            for (BatchResult result : results) {
                List<String> values = rows.remove(result.id());
                if (values != null && result instanceof BatchResult.Answered answered) {
                    table.writeRecord(Arrangement.row(values, Optional.of(answered.completion()), safe));
                }
            }
            table.flush();
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} can't be written now ({}); it gets the missing rows when the batch ends", file, e.toString());
            giveUp(table);
        }
    }

    private void giveUp(CsvWriter table) {
        writer = null;
        rows.clear();
        close(table);
    }

    private void close(CsvWriter table) {
        try {
            table.close();
        } catch (IOException e) {
            LOG.debug("{} can't be closed", file, e);
        }
    }

    @Override
    public void close() throws IOException {
        CsvWriter table = writer;
        if (table != null) {
            giveUp(table);
        }
        journal.close();
    }
}
