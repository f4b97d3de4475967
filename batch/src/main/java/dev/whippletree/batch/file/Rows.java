package dev.whippletree.batch.file;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads rows with named columns. A column {@code session} names each row's session. */
final class Rows implements InputReader {

    private static final List<String> ID_COLUMNS = List.of("custom_id", "id");

    /** Where the reader of rows says which one it can't read. */
    private static final Pattern BAD_LINE = Pattern.compile("started in line (\\d+)");

    private final Path file;
    private final InputFormat format;
    private final CsvReader<CsvRecord> reader;
    private final CloseableIterator<CsvRecord> rows;
    private final boolean marked;
    private final QuoteWatch quotes;
    private final PromptMaker maker;
    private final Template template;
    private final List<String> columns;

    /** The columns as people name them: a blank behind a comma belongs to no name. */
    private final List<String> names;

    private final int id;
    private final int session;
    private long last = 1;
    private List<String> values = List.of();

    Rows(Path file, InputStream stream, InputFormat format, PromptForm form, PromptMaker maker) throws IOException {
        this.file = file;
        this.format = format;
        this.maker = maker;
        // Behind a byte order mark, quotation marks wouldn't begin a value.
        byte[] mark = Lines.byteOrderMark();
        PushbackInputStream bytes = new PushbackInputStream(stream, mark.length);
        byte[] first = bytes.readNBytes(mark.length);
        this.marked = Arrays.equals(first, mark);
        if (!marked) {
            bytes.unread(first);
        }
        this.quotes = new QuoteWatch(bytes, format.separator());
        this.reader = CsvReader.builder()
                .fieldSeparator(format.separator())
                .maxBufferSize(Lines.MOST_BYTES)
                .allowExtraFields(true)
                .allowMissingFields(true)
                .ofCsvRecord(new InputStreamReader(
                        quotes,
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .onMalformedInput(CodingErrorAction.REPORT)
                                .onUnmappableCharacter(CodingErrorAction.REPORT)));
        this.rows = reader.iterator();
        CsvRecord header = read();
        if (header == null) {
            close();
            throw new BadInputException(file + ": the header is missing; the first row has to name the columns");
        }
        this.columns = List.copyOf(header.getFields());
        this.names = columns.stream().map(String::strip).toList();
        String text = form.template()
                .orElseThrow(() -> new BadInputException(
                        file + ": rows need --template, the prompt of each row, such as 'Summarise: {{" + names.get(0)
                                + "}}'"));
        this.template = Template.read(text, form.same(), names);
        for (String column : template.columns()) {
            required("--template", column);
        }
        this.id = form.idColumn()
                .map(column -> required("--id", column))
                .orElseGet(() -> ID_COLUMNS.stream()
                        .map(names::indexOf)
                        .filter(index -> index >= 0)
                        .findFirst()
                        .orElse(-1));
        this.session = names.indexOf("session");
    }

    private int required(String option, String column) {
        int index = names.indexOf(column);
        if (index < 0) {
            boolean semicolons = names.size() == 1 && names.get(0).indexOf(';') >= 0;
            throw new BadInputException(option + ": " + file + " has no column '" + column + "', only "
                    + String.join(", ", names)
                    + (semicolons ? "; values have to be separated by commas, not semicolons" : ""));
        }
        if (index != names.lastIndexOf(column)) {
            throw new BadInputException(option + ": " + file + " has several columns '" + column + "'; rename them");
        }
        return index;
    }

    /** Returns whether the file begins with a byte order mark. */
    boolean isMarked() {
        return marked;
    }

    List<String> columns() {
        return columns;
    }

    /** Returns the values of the row that was read last. */
    List<String> values() {
        return values;
    }

    @Override
    public @Nullable InputLine next() throws IOException, BadLineException {
        CsvRecord row = read();
        if (row == null) {
            return null;
        }
        values = row.getFields();
        long line = row.getStartingLineNumber();
        if (values.size() != columns.size()) {
            throw new BadLineException(
                    line,
                    "this row has " + values.size() + " values, but there are " + columns.size()
                            + " columns; put values with a "
                            + (format == InputFormat.TSV ? "tab" : "comma") + " or a line break in quotation marks");
        }
        String name = id < 0 ? "row-" + line : values.get(id);
        if (name.isEmpty()) {
            throw new BadLineException(line, "'" + names.get(id) + "' is empty: give each row its own id");
        }
        Optional<String> whose = session < 0
                ? Optional.empty()
                : Optional.of(values.get(session)).filter(text -> !text.isEmpty());
        String asked = template.fill(column -> values.get(names.indexOf(column)));
        return new InputLine(line, name, maker.of(asked, whose), whose.orElse("") + '\0' + asked);
    }

    private @Nullable CsvRecord read() throws IOException {
        try {
            if (!rows.hasNext()) {
                return null;
            }
            CsvRecord row = rows.next();
            last = row.getStartingLineNumber();
            if (quotes.isWithin() && !rows.hasNext()) {
                throw new BadInputException(file + ":" + last
                        + ": a value of this row begins with a quotation mark, and none ends it; write a mark that belongs"
                        + " to a value twice");
            }
            return row;
        } catch (CsvParseException e) {
            Matcher line = BAD_LINE.matcher(String.valueOf(e.getMessage()));
            throw new BadInputException(file + ":" + (line.find() ? line.group(1) : last)
                    + ": the rows from here on can't be read: " + message(e));
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                throw new BadInputException(file + ": the text after line " + last
                        + " isn't UTF-8; convert the file, for example with iconv");
            }
            throw e.getCause();
        }
    }

    private static String message(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
