package dev.whippletree.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.emulator.model.Answers;
import dev.whippletree.model.Message;
import dev.whippletree.model.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What every client can do through the gateway. Its program runs once, does one exercise after the other, and tells
 * what came of each; the tests look at that and at what the services received.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ClientContract {

    private static final String PIXEL = "data:image/png;base64,iVBORw0KGgo";

    @TempDir
    private static @Nullable Path folder;

    private @Nullable ClientStage opened;
    private @Nullable ClientRun done;

    /** Returns how the client's program is run. Skips the tests where it can't be. */
    abstract List<String> command();

    /** Returns what the client calls its errors. */
    abstract ErrorNames errorNames();

    /**
     * What a client's errors are called.
     *
     * @param badRequest status 400
     * @param unauthorized status 401
     * @param notFound status 404
     * @param rateLimited status 429
     * @param serverError status 502
     * @param brokenStream an error that comes within a stream
     * @param left the caller's own doing
     */
    record ErrorNames(
            String badRequest,
            String unauthorized,
            String notFound,
            String rateLimited,
            String serverError,
            String brokenStream,
            String left) {}

    @BeforeAll
    void runProgram() throws IOException, InterruptedException {
        List<String> command = command();
        assertThat(folder).isNotNull();
        opened = new ClientStage(folder);
        done = ClientRun.of(command, opened, folder);
    }

    @AfterAll
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    final ClientStage stage() {
        assertThat(opened).isNotNull();
        return opened;
    }

    /** Returns whether the program has run; it is skipped where it can't. */
    final boolean hasRun() {
        return done != null;
    }

    final ClientRun run() {
        assertThat(done).isNotNull();
        return done;
    }

    static String question(String exercise) {
        return "Why us? (" + exercise + ")";
    }

    final JsonNode received(String exercise) {
        List<JsonNode> bodies = stage().received(question(exercise));
        assertThat(bodies).as("calls for " + exercise).hasSize(1);
        return bodies.get(0);
    }

    static void assertBelongs(JsonNode text, Message... messages) {
        assertThat(Answers.matches(List.of(messages), text.asString()))
                .as("%s is the whole answer", text)
                .isTrue();
    }

    final void assertAnswered(JsonNode result, Message... messages) {
        assertBelongs(result.path("text"), messages);
        if (result.has("finish")) {
            assertThat(result.path("finish").asString()).isEqualTo("stop");
        }
        if (result.has("model")) {
            assertThat(result.path("model").asString()).isEqualTo(ClientStage.MODEL);
        }
        assertThat(result.path("tokens").asInt()).isPositive();
    }

    @Test
    @Shows(Capability.WHOLE)
    void chat_isAnswered_andTheServiceGetsEachField_alsoThoseNobodyKnows() {
        assertAnswered(run().of("chat"), Message.system("Be brief."), Message.user(question("chat")));

        JsonNode body = received("chat");
        assertThat(body.path("model").asString()).isEqualTo(ClientStage.MODEL);
        assertThat(body.path("temperature").asDouble()).isEqualTo(0.25);
        if (passesUnknownFields()) {
            assertThat(body.path("x_unknown").toString()).isEqualTo("{\"deep\":[1,\"two\"]}");
        }
    }

    /** Returns whether the client can send fields that it doesn't know, and the protocol passes them on. */
    boolean passesUnknownFields() {
        return true;
    }

    @Test
    @Shows(Capability.STREAM)
    void stream_isTheWholeAnswer_withItsUsage() {
        assertAnswered(run().of("stream"), Message.user(question("stream")));
        assertThat(received("stream").path("stream").asBoolean()).isTrue();
    }

    @Test
    @Shows(Capability.TOOLS)
    void toolIsCalled_andItsResultAnswered() {
        assertToolUsed("tools");
    }

    @Test
    @Shows(Capability.TOOLS)
    void toolIsCalledByAStream_andItsResultAnswered() {
        assertToolUsed("streamedTools");
    }

    private void assertToolUsed(String exercise) {
        JsonNode result = run().of(exercise);
        Message user = Message.user(question(exercise));
        assertThat(result.path("tool").asString()).isEqualTo("weather");
        assertBelongs(result.at("/arguments/city"), user);
        assertBelongs(result.path("text"), user, Message.assistant(""), Message.of(Role.TOOL, "21 degrees"));

        List<JsonNode> bodies = stage().received(question(exercise));
        assertThat(bodies)
                .as("one call to be asked for the tool, one with its result")
                .hasSize(2);
        JsonNode function = bodies.get(0).at("/tools/0/function");
        assertThat(function.path("name").asString()).isEqualTo("weather");
        assertThat(function.at("/parameters/properties/city/type").asString()).isEqualTo("string");
        JsonNode messages = bodies.get(1).path("messages");
        String id = messages.at("/1/tool_calls/0/id").asString();
        assertThat(messages).hasSize(3);
        assertThat(id).startsWith("call_");
        assertThat(messages.at("/1/tool_calls/0/function/name").asString()).isEqualTo("weather");
        assertThat(messages.at("/2/role").asString()).isEqualTo("tool");
        assertThat(messages.at("/2/tool_call_id").asString()).isEqualTo(id);
        assertThat(messages.at("/2/content").asString()).isEqualTo("21 degrees");
    }

    @Test
    @Shows(Capability.JSON)
    void answerHasTheSchema_thatTheServiceGot() {
        JsonNode object = run().of("json").path("object");
        assertBelongs(object.path("name"), Message.user(question("json")));
        assertThat(object.path("age").isInt()).isTrue();

        JsonNode schema = schemaIn(received("json"));
        assertThat(schema.at("/properties/name/type").asString()).isEqualTo("string");
        assertThat(schema.at("/properties/age/type").asString()).isEqualTo("integer");
        assertThat(schema.path("additionalProperties").asBoolean(true)).isFalse();
    }

    /** Returns the schema in what the service received. */
    JsonNode schemaIn(JsonNode body) {
        JsonNode format = body.path("response_format");
        assertThat(format.path("type").asString()).isEqualTo("json_schema");
        return format.at("/json_schema/schema");
    }

    @Test
    @Shows(Capability.IMAGE)
    void image_reachesTheService() {
        assertThat(run().of("image").path("text").asString()).isNotEmpty();
        JsonNode content = received("image").at("/messages/0/content");
        assertThat(content).hasSize(2);
        assertThat(content.at("/0/text").asString()).isEqualTo(question("image"));
        assertThat(content.at("/1/type").asString()).isEqualTo("image_url");
        assertThat(content.at("/1/image_url/url").asString()).startsWith(PIXEL);
    }

    @Test
    @Shows(Capability.ERRORS)
    void mistake_isTheCallers_inTheServicesWords() {
        assertError("mistaken", errorNames().badRequest(), 400, "Bad request");
        assertThat(stage().received(question("mistaken"))).hasSize(1);
    }

    @Test
    @Shows(Capability.ERRORS)
    void wrongKey_isRefused_andNoServiceAsked() {
        assertError("stranger", errorNames().unauthorized(), 401, "key");
        assertThat(stage().received(question("stranger"))).isEmpty();
    }

    @Test
    @Shows(Capability.ERRORS)
    void unknownModel_isNotFound() {
        assertError("unknownModel", errorNames().notFound(), 404, "no-such-model");
    }

    @Test
    @Shows(Capability.ERRORS)
    void limitUsedUp_saysWhenToComeBack() {
        JsonNode error = assertError("limited", errorNames().rateLimited(), 429, "");
        if (tellsHeaders()) {
            assertThat(error.path("retryAfter").asInt()).isBetween(1, (int) ClientStage.CLOSED.toSeconds());
        }
    }

    @Test
    @Shows(Capability.ERRORS)
    void serviceThatFails_isABadGateway() {
        assertError("broken", errorNames().serverError(), 502, "broken");
    }

    /** Returns whether the client's errors tell the response's headers. */
    boolean tellsHeaders() {
        return true;
    }

    final JsonNode assertError(String exercise, String type, int status, String message) {
        JsonNode error = run().of(exercise).path("error");
        assertThat(error.path("type").asString()).as("%s", error).isEqualTo(type);
        if (error.has("status")) {
            assertThat(error.path("status").asInt()).as("%s", error).isEqualTo(status);
        }
        assertThat(error.path("message").asString()).contains(message);
        return error;
    }

    @Test
    @Shows(Capability.BREAK)
    void streamThatBreaksOff_isAnErrorToTheClient_neverAShorterAnswer() {
        JsonNode result = run().of("brokenStream");
        assertThat(result.at("/error/type").asString())
                .as("%s", result)
                .isEqualTo(errorNames().brokenStream());
        assertThat(result.at("/error/message").asString()).contains("the answer broke off");
        assertThat(result.path("text").asString()).isNotEmpty();
    }

    /** It has got a piece by then, of an answer that never ends. */
    @Test
    @Shows(Capability.LEAVING)
    void clientThatLeavesAStream_endsTheServicesCall() {
        assertThat(run().of("leaveStream").path("aborted").asBoolean(false)).isTrue();
        await().until(() -> stage().left(question("leaveStream")));
    }

    /** It is paid for, and the client may ask again. */
    @Test
    @Shows(Capability.LEAVING)
    void clientThatLeavesWhileItWaitsForAWholeAnswer_letsTheServicesCallGoOn() {
        assertThat(run().of("leave").at("/error/type").asString())
                .isEqualTo(errorNames().left());
        assertThat(stage().left(question("leave"))).isFalse();
    }

    @Test
    void afterAllThat_theGatewayGoesOn() {
        assertAnswered(run().of("afterwards"), Message.user(question("afterwards")));
        // But for the calls that are never answered, and whose clients have left.
        await().untilAsserted(() -> assertThat(stage().status().inFlight()).isEqualTo(callsLeft()));
    }

    /** Returns how many calls that are never answered the client has left. */
    int callsLeft() {
        return 1;
    }
}
