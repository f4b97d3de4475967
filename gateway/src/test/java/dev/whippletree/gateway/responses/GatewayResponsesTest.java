package dev.whippletree.gateway.responses;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Reach;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Responses over real sockets. */
final class GatewayResponsesTest {

    private static final String PATH = "/v1/responses";
    private static final String HI = "{\"model\":\"fast\",\"input\":\"Hi\"}";
    private static final String HI_STREAMED = "{\"model\":\"fast\",\"input\":\"Hi\",\"stream\":true}";

    private final RunningGateway running = RunningGateway.open();

    @AfterEach
    void close() {
        running.close();
    }

    private static Failure failure(FailureKind kind, int status) {
        return new Failure(
                kind, "that is too much", OptionalInt.of(status), Optional.empty(), Optional.empty(), Reach.ACCOUNT);
    }

    @Test
    void wholeAnswer_isAResponse_andTheModelIsTheOneThatAnswered() throws Exception {
        HttpResponse<String> response = running.postTo(PATH, HI);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("x-whippletree-account")).contains("one");
        Map<String, Object> json = RunningGateway.json(response);
        assertThat(json).containsEntry("status", "completed").containsEntry("model", "model-as-served");
        assertThat(json.get("output").toString()).contains("Hello there");
        assertThat(running.provider.call().prompt().messages()).containsExactly(Message.user("Hi"));
    }

    @Test
    void streamedAnswer_isEvents_thatEndWithTheResponse() throws Exception {
        HttpResponse<String> response = running.postTo(PATH, HI_STREAMED);

        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
        assertThat(response.body()).startsWith("event: response.created\ndata: {\"type\":\"response.created\",");
        assertThat(response.body()).contains("\nevent: response.output_text.delta\n");
        List<String> blocks = List.of(response.body().split("\n\n"));
        assertThat(blocks.get(blocks.size() - 1))
                .startsWith("event: response.completed\n")
                .contains("Hello there", "\"input_tokens\":5", "\"attempts\":1");
    }

    @Test
    void questionThatIsEqualInBothProtocols_isAnEqualPrompt() throws Exception {
        String tool = "\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":{}}";
        running.postTo(
                PATH,
                "{\"model\":\"fast\",\"instructions\":\"Be brief\",\"input\":[{\"role\":\"user\",\"content\":"
                        + "[{\"type\":\"input_text\",\"text\":\"Hi\"}]}],\"temperature\":0,\"max_output_tokens\":9,"
                        + "\"store\":false,\"tool_choice\":\"required\",\"tools\":[{\"type\":\"function\"," + tool
                        + "}]}");
        running.post("{\"model\":\"fast\",\"messages\":[{\"role\":\"system\",\"content\":\"Be brief\"},"
                + "{\"role\":\"user\",\"content\":\"Hi\"}],\"temperature\":0,\"max_tokens\":9,"
                + "\"tool_choice\":\"required\",\"tools\":[{\"type\":\"function\",\"function\":{" + tool + "}}]}");

        Prompt asResponses = running.provider.call().prompt();
        Prompt asChat = running.provider.call().prompt();
        assertThat(asResponses.messages()).isEqualTo(asChat.messages());
        assertThat(asResponses.parameters()).isEqualTo(asChat.parameters());
    }

    @Test
    void brokenStream_endsWithBothEventsThatClientsLookFor() throws Exception {
        running.provider.usually(call -> {});
        try (Socket socket = running.send("POST " + PATH + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                + HI_STREAMED.length() + "\r\n\r\n" + HI_STREAMED)) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(new Delta.Text("Once"));
            RunningGateway.readUntil(socket, "\"delta\":\"Once\"");
            call.fail(failure(FailureKind.REJECTED, 422));

            assertThat(RunningGateway.readUntil(socket, "event: response.failed"))
                    .contains("event: error\ndata: {\"type\":\"error\",", "\"code\":\"stream_interrupted\"");
        }
    }

    @Test
    void wrongRequest_isRefused_withItsField_andAsksNobody() throws Exception {
        HttpResponse<String> response =
                running.postTo(PATH, "{\"model\":\"fast\",\"input\":\"Hi\",\"previous_response_id\":\"resp_1\"}");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("\"param\":\"previous_response_id\"", "send all of it as input");
        assertThat(running.get(PATH).statusCode()).isEqualTo(405);
        assertThat(running.provider.unseenCalls()).isZero();
    }
}
