package dev.whippletree.batch.file;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.whippletree.chat.Fields;
import dev.whippletree.config.Configuration;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sorts answers in the order of their input, as lines or as columns of its rows. The answers stay on disk; only their
 * places are in memory. Confined to one thread.
 */
final class Arrangement {

    /** What a spreadsheet takes for a formula. A number isn't one. */
    private static final Pattern FORMULA = Pattern.compile("^(?![+-]?\\d+([.,]\\d+)*$)[=+@\\-\t\r\n]");

    /** A line that has its answer needn't be one that could be asked now. */
    private static final LineReader ANSWERED = (url, body, session) -> Prompt.of("answered");

    /** The place of an answer that has been written in order. */
    private static final long WRITTEN = -2;

    private final BatchFiles files;
    private final Configuration configuration;
    private final LineIndex places;
    private long left;

    Arrangement(BatchFiles files, Configuration configuration) throws IOException {
        this.files = files;
        this.configuration = configuration;
        this.places = find(files);
        this.left = places.size();
    }

    /** Returns where the answers are, by the digests of their ids. */
    private static LineIndex find(BatchFiles files) throws IOException {
        LineIndex places = new LineIndex();
        try (Lines lines = Lines.ofResults(Disk.INSTANCE.read(files.answers()))) {
            while (lines.next()) {
                places.put(Digests.of64Bits(result(lines).id()), lines.start());
            }
        }
        return places;
    }

    void arrange() throws IOException {
        Path coming = BatchFolder.of(files.output()).resolve("arranged");
        try {
            write(coming);
            Disk.INSTANCE.replace(files.output(), coming);
        } finally {
            Files.deleteIfExists(coming);
        }
    }

    private void write(Path coming) throws IOException {
        PromptForm form = files.form().readBy(ANSWERED);
        try (InputReader reader = InputReader.open(files, form, configuration);
                RandomAccessFile answers = new RandomAccessFile(files.answers().toFile(), "r")) {
            if (files.asRows()) {
                writeRows((Rows) reader, answers, coming);
            } else {
                writeLines(reader, answers, coming);
            }
        } catch (BadLineException e) {
            throw new BadInputException(e.inFile(files.input().toString()));
        } catch (UncheckedIOException e) {
            throw e.getCause(); // As the writer of rows throws it.
        }
    }

    private static ResultLine result(Lines lines) throws IOException {
        return ResultLine.read(lines)
                .orElseThrow(() -> new IOException("line " + lines.number() + " of the answers is damaged"));
    }

    /** Returns the line at a place, read anew. */
    private static Lines lineAt(RandomAccessFile answers, long place) throws IOException {
        answers.seek(place);
        Lines lines = Lines.ofResults(Channels.newInputStream(answers.getChannel()));
        if (!lines.next()) {
            throw new IOException("another program shortened the answers while they were sorted");
        }
        return lines;
    }

    private void writeLines(InputReader reader, RandomAccessFile answers, Path coming)
            throws IOException, BadLineException {
        try (Rewriting.Writer writer = new Rewriting.Writer(Disk.INSTANCE.open(coming))) {
            for (InputLine line = next(reader); line != null; line = next(reader)) {
                long place = take(line);
                if (place >= 0) {
                    writer.line(written(line, lineAt(answers, place)));
                }
            }
            if (left > 0) {
                writeOthers(writer);
            }
            writer.end();
        }
    }

    /** Writes the answers to lines that were taken out of the input while the batch ran: they are paid for. */
    private void writeOthers(Rewriting.Writer writer) throws IOException {
        try (Lines lines = Lines.ofResults(Disk.INSTANCE.read(files.answers()))) {
            while (lines.next()) {
                if (places.get(Digests.of64Bits(result(lines).id())) != WRITTEN) {
                    writer.line(lines.bytes());
                }
            }
        }
    }

    /** Returns an answer as its reader has it; one that is so already, from a run before a crash, stays. */
    private ByteBuffer written(InputLine line, Lines answer) throws IOException {
        LineReader reader = files.form().reader();
        if (reader == null) {
            return answer.bytes();
        }
        ResultLine result = result(answer);
        return result.completion()
                .flatMap(completion -> reader.answer(body(line), completion, result.requestId(), result.created()))
                .map(body -> ByteBuffer.wrap(result.withBody(body)))
                .orElseGet(answer::bytes);
    }

    private static Map<String, Object> body(InputLine line) {
        Object body = JsonObjects.object(line.text()).orElse(Map.of()).get("body");
        return Fields.object("body", body).rest();
    }

    /** Returns where the answer to a line is, the first time; less than 0 if there is none. */
    private long take(InputLine line) {
        long id = Digests.of64Bits(line.id());
        long place = places.get(id);
        if (place >= 0) {
            places.put(id, WRITTEN);
            left--;
        }
        return place;
    }

    /** Behind the last line with an answer, nothing needs to be read. */
    private @Nullable InputLine next(InputReader reader) throws IOException, BadLineException {
        return left == 0 ? null : reader.next();
    }

    private void writeRows(Rows rows, RandomAccessFile answers, Path coming) throws IOException, BadLineException {
        OutputStream stream = Disk.stream(coming, StandardOpenOption.TRUNCATE_EXISTING);
        try (CsvWriter writer = writer(files.output(), stream)) {
            if (rows.isMarked()) {
                stream.write(Lines.byteOrderMark());
            }
            writer.writeRecord(
                    with(rows.columns(), List.of("answer", "finish_reason", "answer_model"), files.safeCsv()));
            for (InputLine line = next(rows); line != null; line = next(rows)) {
                long place = take(line);
                if (place >= 0) {
                    writer.writeRecord(
                            row(rows.values(), result(lineAt(answers, place)).completion(), files.safeCsv()));
                }
            }
        }
        if (left > 0) {
            throw new IOException((left == 1 ? "1 answer is of a row" : left + " answers are of rows") + " that "
                    + files.input() + " no longer has");
        }
    }

    /** Returns a writer of rows. Half a surrogate pair, from an answer that was cut, becomes a question mark. */
    private static CsvWriter writer(Path table, OutputStream stream) {
        return CsvWriter.builder()
                .fieldSeparator(InputFormat.of(table).separator())
                .lineDelimiter(LineDelimiter.LF)
                .build(new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8)));
    }

    /** Returns the values of an answered row, safe from being taken for formulas if that is wanted. */
    private static List<String> row(List<String> values, Optional<Completion> answer, boolean safe) {
        return with(
                values,
                answer.map(there -> List.of(
                                there.words(),
                                there.finishReason().wireName(),
                                there.origin().model()))
                        .orElse(List.of("", "", "")),
                safe);
    }

    private static List<String> with(List<String> values, List<String> more, boolean safe) {
        List<String> all = new ArrayList<>(values);
        all.addAll(more);
        if (safe) {
            all.replaceAll(value -> FORMULA.matcher(value).find() ? "'" + value : value);
        }
        return all;
    }
}
