package dev.whippletree.gateway.batches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.testkit.logging.LoggedLines;
import io.undertow.server.DefaultByteBufferPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UploadTest {

    private static final String ID = "file-00000000000000000000000000000001";
    private static final String BOUNDARY = "b-7";
    private static final String END = "\r\n--" + BOUNDARY + "--\r\n";

    @TempDir
    private Path folder;

    @BeforeEach
    void prepare() throws IOException {
        ClientFolder.prepare(GatewaySettings.Batches.in(folder));
    }

    private final List<Upload> underWay = new ArrayList<>();

    private ClientFolder client(long mostFileBytes, long mostBytes, int mostFiles) {
        return ClientFolder.of(
                new GatewaySettings.Batches(
                        folder, Duration.ofDays(7), mostFileBytes, mostBytes, mostFiles, 100, 100, false),
                "a");
    }

    private ClientFolder client() {
        return client(1 << 20, 1L << 30, 1_000);
    }

    private Upload upload(ClientFolder client, String id, long announced) {
        return new Upload(client, id, announced, underWay, BOUNDARY, new DefaultByteBufferPool(false, 1_024));
    }

    private Upload upload() {
        return upload(client(), ID, -1);
    }

    private static void give(Upload upload, String text) throws IOException {
        upload.take(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    static String field(String name, String value) {
        return "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value;
    }

    static String file(String content) {
        return "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"in.jsonl\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n" + content;
    }

    private static String form(String content) {
        return field("purpose", "batch") + "\r\n" + file(content) + END;
    }

    /** Pieces end anywhere, also within what looks like the boundary; and files have all that a boundary is made of. */
    @Test
    void file_isKeptAsItIs_howeverItComes() throws IOException {
        for (long seed = 1; seed <= 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StringBuilder content = new StringBuilder();
            for (int length = random.nextInt(60); length > 0; length--) {
                content.append(
                        new String[] {"\r", "\n", "-", "--", "\r\n--", "\r\n--b", "b-7", "é", "x"}[random.nextInt(9)]);
            }
            if (content.indexOf("\r\n--" + BOUNDARY) >= 0) {
                continue;
            }
            byte[] bytes = form(content.toString()).getBytes(StandardCharsets.UTF_8);
            String id = ID.substring(0, 29) + "%08x".formatted(seed);
            Upload upload = upload(client(), id, bytes.length);
            int at = 0;
            while (at < bytes.length) {
                int size = Math.min(bytes.length - at, 1 + random.nextInt(9));
                upload.take(ByteBuffer.wrap(bytes, at, size).slice());
                at += size;
            }
            Map<String, Object> json = upload.finish(id, 5);
            upload.discard();
            StoredFile stored = client().file(id).orElseThrow();
            assertThat(Files.readString(stored.content())).as("seed %d", seed).isEqualTo(content.toString());
            assertThat(stored.number("bytes"))
                    .as("seed %d", seed)
                    .isEqualTo(content.toString().getBytes(StandardCharsets.UTF_8).length);
            assertThat(stored.number("lines"))
                    .as("seed %d", seed)
                    .isEqualTo(content.toString().split("\n", -1).length
                            - (content.isEmpty() || content.charAt(content.length() - 1) == '\n' ? 1 : 0));
            assertThat(json).containsEntry("id", id).containsEntry("expires_at", 5 + 7 * 86_400L);
        }
    }

    @Test
    void whatWasntFinished_leavesNothing() throws IOException {
        Upload upload = upload();
        String form = form("one\ntwo");
        give(upload, form.substring(0, form.length() - 6));
        assertThat(folder.resolve("coming").resolve(ID)).exists();

        assertThatThrownBy(() -> upload.finish(ID, 5)).isInstanceOf(RequestException.class);
        upload.discard();

        assertThat(folder.resolve("coming").resolve(ID)).doesNotExist();
        assertThat(client().files()).isEmpty();
        assertThat(underWay).isEmpty();
    }

    /** A connection may end while a piece is being taken: the next one mustn't begin the file anew. */
    @Test
    void pieceThatComesAfterTheEnd_isNotTaken() throws IOException {
        Upload upload = upload();
        String form = form("one\ntwo");
        give(upload, form.substring(0, 20));
        upload.discard();

        assertThatThrownBy(() -> give(upload, form.substring(20))).isInstanceOf(ClosedChannelException.class);

        assertThat(folder.resolve("coming").resolve(ID)).doesNotExist();
    }

    /** What is deleted takes up the disk for as long as it is open. */
    @Test
    void fileThatIsDiscarded_isClosed() throws IOException {
        Upload upload = upload();
        String form = form("one\ntwo");
        give(upload, form.substring(0, form.length() - 6));
        upload.discard();

        try (LoggedLines log = new LoggedLines(Upload.class)) {
            assertThatThrownBy(() -> upload.data(ByteBuffer.wrap(new byte[1]))).isInstanceOf(RequestException.class);
            assertThat(log.all()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "fine-tune | x | `` | must be 'batch'",
                "batch | 0123456789+ | `` | at most 10 bytes",
                "batch | x | 5 | must be 1000 to 9999999, not 5",
                "batch | x | soon | must be 1000 to 9999999, not soon",
            })
    void formThatIsWrong_isRefused(String purpose, String content, String seconds, String words) {
        Upload upload = upload(client(10, 100, 10), ID, -1);
        String life = seconds.isEmpty() ? "" : field("expires_after[seconds]", seconds) + "\r\n";

        assertThatThrownBy(() -> {
                    give(upload, field("purpose", purpose) + "\r\n" + life + file(content) + END);
                    upload.finish(ID, 5);
                })
                .isInstanceOf(RequestException.class)
                .hasMessageContaining(words);
        upload.discard();
    }

    @Test
    void fileMayExpireSooner_butNotLater() throws IOException {
        for (String seconds : List.of("7200", "9999999")) {
            Upload upload = upload();
            give(
                    upload,
                    field("purpose", "batch") + "\r\n" + field("expires_after[anchor]", "created_at") + "\r\n"
                            + field("expires_after[seconds]", seconds) + "\r\n" + file("x") + END);
            assertThat(upload.finish(ID, 100))
                    .containsEntry("expires_at", 100 + Math.min(7 * 86_400L, Long.parseLong(seconds)));
            upload.discard();
            client().delete(client().file(ID).orElseThrow());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\nx: ", "\r\n\r\n", "\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n"})
    void whatIsNoFile_isRefusedBeforeItFillsTheMemory(String head) {
        Upload upload = upload();

        assertThatThrownBy(() -> {
                    give(upload, "--" + BOUNDARY + head);
                    for (int count = 0; count < 100; count++) {
                        give(upload, "x".repeat(1_000));
                    }
                })
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("too much beside its file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"base64", "Quoted-Printable"})
    void fileThatIsEncoded_isRefused(String encoding) {
        Upload upload = upload();
        String form = form("x").replace("Content-Type: app", "Content-Transfer-Encoding: " + encoding + "\r\nx: app");

        assertThatThrownBy(() -> give(upload, form))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("sent as they are");
    }

    @Test
    void longName_isCutBetweenCharacters() throws IOException {
        Upload upload = upload();
        give(upload, form("x").replace("in.jsonl", "x".repeat(254) + "😀😀"));

        assertThat(upload.finish(ID, 5)).containsEntry("filename", "x".repeat(254) + "😀");
        upload.discard();
    }

    @Test
    void fileThatIsPlainBySayingSo_isTaken() throws IOException {
        Upload upload = upload();
        give(upload, form("x").replace("Content-Type: app", "Content-Transfer-Encoding: binary\r\nContent-Type: app"));

        assertThat(upload.finish(ID, 5)).containsEntry("bytes", 1L).containsEntry("filename", "in.jsonl");
        upload.discard();
    }

    @Test
    void filesOfAClient_areBounded_withThoseUnderWay() throws IOException {
        ClientFolder few = client(100, 150, 3);
        Upload first = upload(few, ID.substring(0, 36) + "a", 20);
        Upload second = upload(few, ID.substring(0, 36) + "b", -1);
        Upload third = upload(few, ID.substring(0, 36) + "c", 40);
        String begun = field("purpose", "batch") + "\r\n" + file("1234");
        give(first, begun);
        give(second, begun);

        assertThatThrownBy(() -> give(third, begun))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("your 0 files have 0 bytes, uploads under way 160");
        third.discard();

        give(first, END);
        first.finish(ID.substring(0, 36) + "a", 5);
        first.discard();
        second.discard();
        Upload fourth = upload(few, ID.substring(0, 36) + "d", 100);
        give(fourth, begun);
        few.checkRoom(2, 146);
        assertThatThrownBy(() -> few.checkRoom(2, 147))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("your 1 files have 4 bytes");
        assertThatThrownBy(() -> few.checkRoom(3, 0)).isInstanceOf(RequestException.class);
        fourth.discard();
        assertThat(ClientFolder.of(few.settings(), "b").files()).isEmpty();
    }

    @Test
    void filesUnderWay_takeNoRoomOfAnotherClient() throws IOException {
        ClientFolder one = client(100, 100, 1);
        Upload first = upload(one, ID.substring(0, 36) + "a", 100);
        Upload other = upload(ClientFolder.of(one.settings(), "b"), ID.substring(0, 36) + "b", 100);
        give(first, form("1234"));
        give(other, form("1234"));

        assertThat(underWay).containsExactly(first, other);
        first.discard();
        other.discard();
    }
}
