package dev.whippletree.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xnio.ChannelListener;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSourceChannel;

/** What bodies on their way hold. */
final class BodyPiecesTest {

    private static final Duration CLIENT_TIMEOUT = Duration.ofSeconds(30);

    private final HttpServerExchange exchange = mock(HttpServerExchange.class, RETURNS_DEEP_STUBS);
    private final StreamSourceChannel channel = mock(StreamSourceChannel.class, RETURNS_DEEP_STUBS);
    private final XnioExecutor.Key slow = mock(XnioExecutor.Key.class);
    private final List<PooledByteBuffer> buffers = new ArrayList<>();
    private final List<ExchangeCompletionListener> ends = new ArrayList<>();
    private final MemoryBudget memory = new MemoryBudget(1 << 20);

    /** All is done at once. */
    private final BodyPieces pieces = new BodyPieces(memory, CLIENT_TIMEOUT, Runnable::run);

    @BeforeEach
    void prepare() {
        XnioIoThread thread = exchange.getIoThread();
        when(exchange.getAttachment(any())).thenReturn(null);
        when(exchange.getRequestHeaders()).thenReturn(new HeaderMap());
        when(exchange.getRequestChannel()).thenReturn(channel);
        when(exchange.getConnection().getByteBufferPool().allocate()).then(asked -> {
            PooledByteBuffer buffer = mock(PooledByteBuffer.class);
            when(buffer.getBuffer()).thenReturn(ByteBuffer.allocate(10));
            buffers.add(buffer);
            return buffer;
        });
        when(thread.executeAfter(any(), anyLong(), any())).thenReturn(slow);
        doAnswer(call -> {
                    call.<Runnable>getArgument(0).run();
                    return null;
                })
                .when(thread)
                .execute(any());
        when(exchange.dispatch(any(Executor.class), any(Runnable.class))).then(call -> {
            call.<Runnable>getArgument(1).run();
            return exchange;
        });
        when(exchange.addExchangeCompleteListener(any())).then(call -> {
            ends.add(call.getArgument(0));
            return exchange;
        });
    }

    private void end() {
        ends.forEach(listener -> listener.exchangeEvent(exchange, () -> {}));
    }

    private FileChannel file(Path folder) throws IOException {
        return FileChannel.open(Files.writeString(folder.resolve("content"), "one"), StandardOpenOption.READ);
    }

    @Test
    void body_givesEachBufferBack() throws IOException {
        when(channel.read(any(ByteBuffer.class))).thenReturn(3, 2, -1);

        CompletableFuture<Void> whole = pieces.receive(exchange, "", 100, piece -> {});

        assertThat(whole).isCompleted();
        assertThat(buffers).hasSize(3).allSatisfy(buffer -> verify(buffer).close());
    }

    @Test
    void clientThatSendsOn_isWaitedForAnew() throws IOException {
        when(channel.read(any(ByteBuffer.class))).thenReturn(0, 2, 0);
        List<ChannelListener<? super StreamSourceChannel>> arrivals = new ArrayList<>();
        ChannelListener.Setter<? extends StreamSourceChannel> setter = channel.getReadSetter();
        doAnswer(call -> arrivals.add(call.getArgument(0))).when(setter).set(any());

        CompletableFuture<Void> whole = pieces.receive(exchange, "", 100, piece -> {});
        verify(slow, never()).remove();
        arrivals.get(0).handleEvent(channel);

        verify(slow).remove();
        assertThat(whole).isNotDone();
    }

    @Test
    void fileForAClientThatHasGone_isClosed(@TempDir Path folder) throws IOException {
        when(exchange.getConnection().isOpen()).thenReturn(false);
        FileChannel content = file(folder);

        pieces.send(exchange, "", content, 3);

        assertThat(content.isOpen()).isFalse();
    }

    @Test
    void fileThatIsSent_isClosedWithItsExchange(@TempDir Path folder) throws IOException {
        when(exchange.getConnection().isOpen()).thenReturn(true);
        FileChannel content = file(folder);

        pieces.send(exchange, "", content, 3);
        assertThat(content.isOpen()).isTrue();
        end();

        assertThat(content.isOpen()).isFalse();
        assertThat(memory.used()).isZero();
    }

    /** It has become shorter than is said of it. */
    @Test
    void fileThatEndsTooSoon_endsItsConnection(@TempDir Path folder) throws IOException {
        when(exchange.getConnection().isOpen()).thenReturn(true);
        when(exchange.getAttachment(any())).thenReturn(new RequestLabel("1", ErrorFormat.OPENAI));
        List<IoCallback> sent = new ArrayList<>();
        Sender sender = exchange.getResponseSender();
        doAnswer(call -> sent.add(call.getArgument(1))).when(sender).send(any(ByteBuffer.class), any());

        pieces.send(exchange, "", file(folder), 4);
        verify(exchange.getConnection(), never()).close();
        sent.get(0).onComplete(exchange, sender);

        verify(exchange.getConnection()).close();
    }
}
