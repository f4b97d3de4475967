package dev.whippletree.langchain4j;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.atLeast;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.mockito.InOrder;

/** LangChain4j's own tests of a streaming chat model. */
final class StreamingChatModelContractTest extends AbstractStreamingChatModelIT {

    private final Stage stage = new Stage();

    @AfterAll
    void close() {
        stage.close();
    }

    private WhippletreeStreamingChatModel.Builder model() {
        return WhippletreeStreamingChatModel.builder().whippletree(stage.whippletree());
    }

    @Override
    protected List<StreamingChatModel> models() {
        return List.of(
                model().build(),
                model().strictTools(true).strictJsonSchema(true).build());
    }

    @Override
    protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
        return model().defaultRequestParameters(parameters).build();
    }

    @Override
    public StreamingChatModel createModelWith(ChatModelListener listener) {
        return model().listeners(listener).build();
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
        return WhippletreeChatRequestParameters.builder()
                .maxOutputTokens(maxOutputTokens)
                .session("interview-7")
                .build();
    }

    @Override
    protected String customModelName() {
        return Stage.OTHER_MODEL;
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(StreamingChatModel model) {
        return WhippletreeChatResponseMetadata.class;
    }

    /** A completion has no id: several callers may share it. */
    @Override
    protected boolean assertResponseId() {
        return false;
    }

    /** Pieces come one after the other, on whichever thread is free. */
    @Override
    protected boolean assertThreads() {
        return false;
    }

    /** The test waits half a minute for what must not come; {@link HandlerSubscriberTest} knows at once. */
    @Override
    protected boolean supportsStreamingCancellation() {
        return Boolean.getBoolean("thorough");
    }

    @Override
    protected void verifyToolCallbacks(StreamingChatResponseHandler handler, InOrder order, String id) {
        partial(handler, order, 0, id, "getWeather");
        order.verify(handler).onCompleteToolCall(complete(0, id, "getWeather", "{\"city\": \"Munich\"}"));
    }

    @Override
    protected void verifyToolCallbacks(StreamingChatResponseHandler handler, InOrder order, String id1, String id2) {
        partial(handler, order, 0, id1, "getWeather");
        partial(handler, order, 1, id2, "getTime");
        order.verify(handler).onCompleteToolCall(complete(0, id1, "getWeather", "{\"city\": \"Munich\"}"));
        order.verify(handler).onCompleteToolCall(complete(1, id2, "getTime", "{\"country\": \"France\"}"));
    }

    private static void partial(
            StreamingChatResponseHandler handler, InOrder order, int index, String id, String name) {
        order.verify(handler, atLeast(1))
                .onPartialToolCall(
                        argThat(call -> call.index() == index
                                && call.id().equals(id)
                                && call.name().equals(name)),
                        any());
    }
}
