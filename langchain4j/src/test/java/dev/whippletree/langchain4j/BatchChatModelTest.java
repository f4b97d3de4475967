package dev.whippletree.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.batch.BatchItemResult;
import dev.langchain4j.model.batch.BatchPage;
import dev.langchain4j.model.batch.BatchPagination;
import dev.langchain4j.model.batch.BatchRequest;
import dev.langchain4j.model.batch.BatchResponse;
import dev.langchain4j.model.batch.BatchState;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The batch model over a socket. */
final class BatchChatModelTest extends OverService {

    private final WhippletreeBatchChatModel model = new WhippletreeBatchChatModel(WhippletreeChatModel.builder()
            .whippletree(whippletree)
            .temperature(0.5)
            .build());

    BatchChatModelTest() {
        super("2 requests / 1d");
    }

    private static BatchRequest<ChatRequest> batch(String... questions) {
        return new BatchRequest<>(Stream.of(questions)
                .map(question -> ChatRequest.builder()
                        .messages(UserMessage.from(question))
                        .build())
                .toList());
    }

    private BatchResponse<ChatResponse> ended(BatchResponse<ChatResponse> begun) {
        assertThat(model.end(begun.batchId()).join().stopped()).isEmpty();
        return model.retrieve(begun.batchId());
    }

    private static List<String> texts(BatchResponse<ChatResponse> batch) {
        return batch.responses().stream()
                .map(response -> response.aiMessage().text())
                .toList();
    }

    @Test
    void results_areInTheOrderOfTheRequests_andRepeatsTakeNoCall() {
        reply("First");
        ended(model.submit(batch("One?")));
        reply("Second");
        BatchResponse<ChatResponse> batch = ended(model.submit(batch("Two?", "One?", "Two?")));

        assertThat(batch.state()).isEqualTo(BatchState.SUCCEEDED);
        assertThat(texts(batch)).containsExactly("Second", "First", "Second");
        assertThat(service.requests()).hasSize(2);
        assertThat(service.requests().get(1).body()).contains("Two?", "\"temperature\":0.5");
    }

    @Test
    void requestThatIsRefused_isAnErrorInItsPlace() {
        reply("First");
        ended(model.submit(batch("One?")));
        refuse(400, "too strange");
        BatchResponse<ChatResponse> batch = ended(model.submit(batch("Two?", "One?")));

        assertThat(batch.state()).isEqualTo(BatchState.SUCCEEDED);
        assertThat(batch.results()).extracting(BatchItemResult::isSuccess).containsExactly(false, true);
        assertThat(batch.errors()).singleElement().satisfies(error -> {
            assertThat(error.code()).isEqualTo(400);
            assertThat(error.message()).isNotBlank();
            assertThat(error.details()).singleElement().asString().contains("kind=rejected");
        });
    }

    /** The third has to wait for tomorrow. */
    @Test
    void cancelledBatch_hasNoMoreResults_andStaysCancelled() {
        reply("First");
        ended(model.submit(batch("One?")));
        reply("Second");
        ended(model.submit(batch("Two?")));
        BatchResponse<ChatResponse> begun = model.submit(batch("Three?"));
        assertThat(begun.state()).isEqualTo(BatchState.RUNNING);
        assertThat(begun.results()).isEmpty();

        CompletableFuture<?> end = model.end(begun.batchId());
        model.cancel(begun.batchId());
        model.cancel(begun.batchId());

        assertThat(end).isCancelled();
        BatchResponse<ChatResponse> batch = model.retrieve(begun.batchId());
        assertThat(batch.state()).isEqualTo(BatchState.CANCELLED);
        assertThat(batch.errors())
                .singleElement()
                .satisfies(error -> assertThat(error.message()).isEqualTo("the batch ended before this request"));
    }

    @Test
    void batches_areListedByThePage_oldestFirst_andTheOldestAreForgotten() {
        reply("First");
        for (int number = 0; number < WhippletreeBatchChatModel.MOST_KEPT + 2; number++) {
            ended(model.submit(batch("One?")));
        }

        assertThat(model.list(null).batches())
                .hasSize(20)
                .first()
                .satisfies(batch -> assertThat(batch.batchId()).isEqualTo("batch-3"));
        BatchPage<ChatResponse> page = model.list(new BatchPagination(29, null));
        assertThat(page.batches()).hasSize(29);
        assertThat(page.nextPageToken()).isEqualTo("batch-32");
        BatchPage<ChatResponse> last = model.list(new BatchPagination(29, page.nextPageToken()));
        assertThat(last.batches()).hasSize(1);
        assertThat(last.nextPageToken()).isNull();
        assertThatThrownBy(() -> model.retrieve("batch-1"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("there is no batch 'batch-1'");
        assertThatThrownBy(() -> model.list(new BatchPagination(29, "batch-1")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("there is no batch 'batch-1'");
    }

    @Test
    void batchesUnderWay_driveOutNoneThatHasEnded() {
        reply("First");
        ended(model.submit(batch("One?")));
        reply("Second");
        ended(model.submit(batch("Two?")));
        for (int number = 0; number <= WhippletreeBatchChatModel.MOST_KEPT; number++) {
            model.submit(batch("It waits for tomorrow: " + number));
        }

        assertThat(texts(model.retrieve("batch-1"))).containsExactly("First");
        assertThat(texts(model.retrieve("batch-2"))).containsExactly("Second");
    }

    @Test
    void batchOfNothing_hasEnded() {
        BatchResponse<ChatResponse> batch = ended(model.submit(batch()));
        assertThat(batch.state()).isEqualTo(BatchState.SUCCEEDED);
        assertThat(batch.results()).isEmpty();
    }

    @Test
    void batchThatCantBeAsked_isRefusedAsAWhole() {
        ChatRequest elsewhere = ChatRequest.builder()
                .messages(UserMessage.from("One?"))
                .parameters(ChatRequestParameters.builder().modelName("none").build())
                .build();
        assertThatThrownBy(() -> model.submit(
                        new BatchRequest<>(List.of(batch("One?").requests().get(0), elsewhere))))
                .isInstanceOf(ModelNotFoundException.class);
        assertThat(model.list(null).batches()).isEmpty();
    }
}
