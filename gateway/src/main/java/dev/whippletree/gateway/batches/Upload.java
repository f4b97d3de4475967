package dev.whippletree.gateway.batches;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.BodyPieces;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.model.ShownText;
import dev.whippletree.state.PrivateFile;
import io.undertow.connector.ByteBufferPool;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.MalformedMessageException;
import io.undertow.util.MultipartParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A multipart form with a file, on its way to the disk. Thread-safe; blocks for the disk. */
final class Upload implements BodyPieces.Taker, MultipartParser.PartHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Upload.class);

    /** What stands around a file in a form. */
    static final int MOST_BYTES_AROUND = 64 * 1024;

    private static final Pattern ENCODED = Pattern.compile("(?i)base64|quoted-printable");
    private static final String PURPOSE = "purpose";
    private static final String LIFE = "expires_after[seconds]";
    private static final int MOST_NAME_CHARACTERS = 255;
    private static final Pattern SECONDS = Pattern.compile("[1-9]\\d{3,6}");

    private final ClientFolder client;
    private final Path place;
    private final long reservedBytes;
    private final List<Upload> underWay;
    private final MultipartParser.ParseState parser;
    private final Map<String, ByteArrayOutputStream> fields = new HashMap<>();
    private @Nullable FileChannel content;
    private String name = "";
    private @Nullable ByteArrayOutputStream field;
    private boolean inFile;
    private boolean over;
    private long all;
    private long bytes;
    private long lines;
    private byte last = '\n';

    /**
     * Creates one of which nothing has come.
     *
     * @param coming the name of its folder until it is published
     * @param announcedBytes the length of the form; negative: unknown
     * @param underWay those that have begun, for which there must be room too; guarded by itself
     */
    Upload(
            ClientFolder client,
            String coming,
            long announcedBytes,
            List<Upload> underWay,
            String boundary,
            ByteBufferPool buffers) {
        this.client = client;
        this.place = ClientFolder.coming(client.settings()).resolve(coming);
        long most = client.settings().mostFileBytes();
        this.reservedBytes = announcedBytes < 0 ? most : Math.min(most, announcedBytes);
        this.underWay = underWay;
        this.parser = MultipartParser.beginParse(
                buffers, this, boundary.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8.name());
    }

    @Override
    public synchronized void take(ByteBuffer piece) throws IOException {
        if (over) {
            throw new ClosedChannelException();
        }
        all += piece.remaining();
        try {
            parser.parse(piece);
        } catch (MalformedMessageException e) {
            throw malformed("the form can't be read");
        }
        if (all - bytes > MOST_BYTES_AROUND) {
            throw malformed("the form has too much beside its file");
        }
    }

    private static RequestException malformed(String what) {
        return new RequestException(
                ApiError.wrong("", what + "; send multipart/form-data with the fields 'purpose' and 'file'"));
    }

    @Override
    public void beginPart(HeaderMap headers) {
        if (ENCODED.matcher(String.valueOf(headers.getFirst(Headers.CONTENT_TRANSFER_ENCODING)))
                .matches()) {
            throw malformed("the form's parts are encoded: they have to be sent as they are");
        }
        String disposition = Optional.ofNullable(headers.getFirst(Headers.CONTENT_DISPOSITION))
                .orElse("");
        String part = value(disposition, "name");
        inFile = part.equals("file");
        if (inFile) {
            if (content != null) {
                throw malformed("the form has several files");
            }
            String given = ShownText.line(value(disposition, "filename"));
            int characters = Math.min(given.codePointCount(0, given.length()), MOST_NAME_CHARACTERS);
            name = given.substring(0, given.offsetByCodePoints(0, characters));
            content = open();
        } else if (part.equals(PURPOSE) || part.equals(LIFE)) {
            field = new ByteArrayOutputStream();
            fields.put(part, field);
        }
    }

    /** Returns a header's parameter; empty if there is none. The parser looks one character behind its name. */
    static String value(String header, String parameter) {
        return Optional.ofNullable(Headers.extractQuotedValueFromHeader(header + " ", parameter))
                .orElse("");
    }

    /** Where the client has room for this one and its others under way, whatever they come to. */
    private FileChannel open() {
        try {
            synchronized (underWay) {
                List<Upload> others = underWay.stream()
                        .filter(other -> other.client.equals(client))
                        .toList();
                long reserved =
                        others.stream().mapToLong(other -> other.reservedBytes).sum();
                client.checkRoom(others.size() + 1, reserved + reservedBytes);
                underWay.add(this);
            }
            PrivateFile.createSubfolder(place);
            return PrivateFile.open(
                    place.resolve(ClientFolder.CONTENT),
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static RequestException failed(IOException e) {
        LOG.warn("An upload can't be kept", e);
        return new RequestException(ApiError.storageFailed());
    }

    @Override
    public void data(ByteBuffer data) {
        if (inFile && content != null) {
            write(data, content);
        } else if (field != null) {
            while (data.hasRemaining()) {
                field.write(data.get());
            }
        }
    }

    private void write(ByteBuffer data, FileChannel into) {
        bytes += data.remaining();
        if (bytes > client.settings().mostFileBytes()) {
            throw new RequestException(ApiError.bodyTooLarge(client.settings().mostFileBytes()));
        }
        for (int index = data.position(); index < data.limit(); index++) {
            last = data.get(index);
            lines += last == '\n' ? 1 : 0;
        }
        try {
            while (data.hasRemaining()) {
                into.write(data);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void endPart() {
        inFile = false;
        field = null;
    }

    /**
     * Publishes the file. Then it is safe.
     *
     * @param nowSecond since 1970
     * @return the file as OpenAI's API has it
     * @throws RequestException if the form lacks something
     * @throws IOException if it can't be kept
     */
    synchronized Map<String, Object> finish(String id, long nowSecond) throws IOException {
        FileChannel complete = content;
        if (!parser.isComplete() || complete == null) {
            throw new RequestException(ApiError.wrong("file", "'file' is missing, or the form has no end"));
        }
        if (!text(PURPOSE).equals(StoredFile.INPUT)) {
            throw new RequestException(
                    ApiError.wrong(PURPOSE, "'purpose' must be 'batch': the gateway keeps files for batches only"));
        }
        String life = text(LIFE);
        if (!life.isEmpty() && !SECONDS.matcher(life).matches()) {
            throw new RequestException(ApiError.wrong(LIFE, "'" + LIFE + "' must be 1000 to 9999999, not " + life));
        }
        long kept = client.keptSeconds();
        Map<String, Object> json = ClientFolder.json(
                id,
                name,
                StoredFile.INPUT,
                bytes,
                nowSecond,
                nowSecond + (life.isEmpty() ? kept : Math.min(kept, Long.parseLong(life))));
        json.put("lines", lines + (last == '\n' ? 0 : 1));
        complete.force(true);
        complete.close();
        client.publish(place, json);
        return json;
    }

    private String text(String named) {
        ByteArrayOutputStream value = fields.get(named);
        return value == null ? "" : value.toString(StandardCharsets.UTF_8);
    }

    /** Takes no more, and deletes what hasn't been published. */
    synchronized void discard() {
        over = true;
        synchronized (underWay) {
            underWay.remove(this);
        }
        try {
            if (content != null) {
                content.close();
            }
            WholeFiles.delete(place);
        } catch (IOException e) {
            LOG.debug("{} can't be deleted now, and is deleted after a day", place, e);
        }
    }
}
