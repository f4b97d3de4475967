package dev.whippletree.gateway.responses;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.gateway.OverGateway;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.model.Message;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Responses over real sockets. */
final class GatewayResponsesTest extends OverGateway {

    private static final String PATH = "/v1/responses";
    private static final String HI = "{\"model\":\"fast\",\"input\":\"Hi\"}";
    private static final String HI_STREAMED = "{\"model\":\"fast\",\"input\":\"Hi\",\"stream\":true}";

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
    void wrongRequest_isRefused_withItsField_andAsksNobody() throws Exception {
        HttpResponse<String> response =
                running.postTo(PATH, "{\"model\":\"fast\",\"input\":\"Hi\",\"previous_response_id\":\"resp_1\"}");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("\"param\":\"previous_response_id\"", "send all of it as input");
        assertThat(running.get(PATH).statusCode()).isEqualTo(405);
        assertThat(running.provider.unseenCalls()).isZero();
    }
}
