package dev.whippletree.batch.file;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads lines of text, one prompt each; the ids are the line numbers. */
final class TextLines implements InputReader {

    private static final String TEXT = "text";

    private final Lines lines;
    private final Optional<Template> template;
    private final PromptMaker maker;

    TextLines(Lines lines, PromptForm form, PromptMaker maker) {
        this.lines = lines;
        this.template = form.template().map(text -> Template.read(text, form.same(), List.of(TEXT)));
        this.maker = maker;
        template.ifPresent(there -> {
            if (!Set.of(TEXT).containsAll(there.columns())) {
                throw new BadInputException(
                        "--template: lines of text allow only {{" + TEXT + "}}, not " + there.columns());
            }
        });
    }

    /** Returns the line that was just read. */
    static String text(Lines lines) throws BadLineException {
        if (lines.isTooLong()) {
            throw new BadLineException(lines.number(), "this line is longer than 16 MB; split it");
        }
        try {
            return lines.text();
        } catch (CharacterCodingException e) {
            throw new BadLineException(lines.number(), "this isn't UTF-8; convert the file, for example with iconv");
        }
    }

    @Override
    public @Nullable InputLine next() throws IOException, BadLineException {
        while (lines.next()) {
            if (!lines.isBlank()) {
                String text = text(lines);
                String asked = template.map(there -> there.fill(column -> text)).orElse(text);
                return new InputLine(lines.number(), "line-" + lines.number(), maker.of(asked, Optional.empty()), text);
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
