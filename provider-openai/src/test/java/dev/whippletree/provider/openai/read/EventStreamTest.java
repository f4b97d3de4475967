package dev.whippletree.provider.openai.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.provider.openai.read.EventStream.Event;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventStreamTest {

    @Test
    void data_isReadWithAndWithoutSpace() throws IOException {
        assertThat(read("data: a\n\ndata:b\n\ndata:  c\n\n")).containsExactly(data("a"), data("b"), data(" c"));
    }

    @Test
    void carriageReturnsCommentsAndOtherFields_areSkipped() throws IOException {
        assertThat(read(": hello\r\n\r\nid: 7\r\nretry: 10\r\ndata: a\r\ndata: b\r\n\r\n:x\n\ndatabase: z\n\n"))
                .containsExactly(data("a\nb"));
    }

    @Test
    void linesOfData_areJoined() throws IOException {
        assertThat(read("data: a\ndata\ndata: b\n\n")).containsExactly(data("a\n\nb"));
    }

    @Test
    void name_belongsToOneEvent() throws IOException {
        assertThat(read("event: error\ndata: a\n\ndata: b\n\nevent: x\n\ndata: c\n\n"))
                .containsExactly(new Event("error", "a", true, true), data("b"), data("c"));
    }

    @Test
    void lastEvent_needsNoEmptyLineAndNoLineEnd() throws IOException {
        assertThat(read("data: a\n\ndata: [DONE]")).containsExactly(data("a"), cut("[DONE]"));
        assertThat(read("data: a\n\ndata: [DONE]\n")).containsExactly(data("a"), cut("[DONE]"));
        assertThat(data(" [DONE] ").isEndMark()).isTrue();
    }

    @Test
    void loneCarriageReturns_endLines_soThatNoDataIsTakenForAComment() throws IOException {
        assertThat(read("id: 7\rdata: a\r\rdata: b\r\r\n: hello\rdata: c\n\n"))
                .containsExactly(data("a"), data("b"), data("c"));
    }

    @Test
    void eventThatEndsInACarriageReturn_doesNotWaitForTheLineFeed() throws IOException {
        Source silent = new ForwardingSource(new Buffer().writeUtf8("data: a\r\r")) {
            @Override
            public long read(Buffer sink, long byteCount) throws IOException {
                long count = super.read(sink, byteCount);
                assertThat(count).as("nothing follows for now").isPositive();
                return count;
            }
        };

        assertThat(new EventStream(Okio.buffer(silent)).next()).isEqualTo(data("a"));
    }

    @Test
    void byteOrderMark_isSkipped() throws IOException {
        assertThat(read("\uFEFFdata: a\n\n")).containsExactly(data("a"));
    }

    @Test
    void charactersTornApart_areWhole() throws IOException {
        assertThat(read("data: thänk 👋\n\n")).containsExactly(data("thänk 👋"));
    }

    @Test
    void bytesThatAreNotUtf8_areNotedOfData_butNotOfOtherLines() throws IOException {
        String replacement = "\u00ef\u00bf\u00bd";
        EventStream stream = new EventStream(Reading.source(
                ": \u00ff\n\ndata: H\u00ff\ndata: i\n\nid: \u00ff\ndata: " + replacement + "\n\n", false, 1));

        assertThat(stream.next()).isEqualTo(new Event("", "H\ufffd\ni", true, false));
        assertThat(stream.next()).isEqualTo(data("\ufffd"));
    }

    @Test
    void empty_hasNoEvents() throws IOException {
        assertThat(read("")).isEmpty();
        assertThat(read("\n\n")).isEmpty();
    }

    @Test
    void endlessLine_isGivenUp() {
        Source endless = new Source() {
            private final byte[] more = new byte[8192];

            @Override
            public long read(Buffer sink, long byteCount) {
                sink.write(more);
                return more.length;
            }

            @Override
            public okio.Timeout timeout() {
                return okio.Timeout.NONE;
            }

            @Override
            public void close() {}
        };

        assertThatThrownBy(() -> new EventStream(Okio.buffer(endless)).next())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("4 MB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: ", ": "})
    void endlessEvent_isGivenUp_thoughItsLinesAreShort(String start) throws IOException {
        String line = start + "x".repeat((1 << 20) - start.length()) + "\n";
        EventStream four = new EventStream(new Buffer().writeUtf8(line.repeat(4) + "data: a"));
        EventStream less = new EventStream(new Buffer().writeUtf8(line.repeat(3) + "data: a"));

        assertThat(less.next()).isNotNull();
        assertThatThrownBy(four::next).isInstanceOf(IOException.class).hasMessageContaining("4 MB");
    }

    private static Event data(String text) {
        return new Event("", text, true, true);
    }

    private static Event cut(String text) {
        return new Event("", text, false, true);
    }

    /** Reads from a source that gives one byte at a time. */
    private static List<Event> read(String text) throws IOException {
        Source trickle = new ForwardingSource(new Buffer().writeUtf8(text)) {
            @Override
            public long read(Buffer sink, long byteCount) throws IOException {
                return super.read(sink, 1);
            }
        };
        EventStream stream = new EventStream(Okio.buffer(trickle));
        List<Event> events = new ArrayList<>();
        for (Event event = stream.next(); event != null; event = stream.next()) {
            events.add(event);
        }
        return events;
    }
}
