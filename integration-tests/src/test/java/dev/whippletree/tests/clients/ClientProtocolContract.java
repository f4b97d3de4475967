package dev.whippletree.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/**
 * What a client can do by one of the gateway's protocols; what its tests show is its row in docs/gateway.md. The
 * services are always asked in the format of chat completions.
 */
abstract class ClientProtocolContract extends ClientContract {

    private static final int TURNS = 3;

    @RegisterExtension
    final ClientTable table = new ClientTable(lacks());

    /** Returns the client as the table calls it. */
    abstract String client();

    /** Returns the protocol as the table calls it. */
    abstract String protocol();

    /** Returns what the client itself has no place for, which the tests then show. */
    Set<Capability> lacks() {
        return Set.of();
    }

    /** Returns what the client calls an answer that is late. */
    abstract String timedOut();

    @AfterAll
    void table_saysWhatTheTestsHaveShown() throws IOException {
        if (hasRun()) {
            table.assertTold(client(), run().of("about").path("version").asString(), protocol());
        }
    }

    /** Only chat completions are passed on; the other protocols are translated. */
    @Override
    boolean passesUnknownFields() {
        return protocol().equals("chat");
    }

    /** One that is cancelled, and one that is late, if it was made before the client gave up. */
    @Override
    int callsLeft() {
        return 1 + stage().received(question("timeout")).size();
    }

    @Test
    @Shows(Capability.WHOLE)
    void usage_isTold_ofWholeAnswersAndStreams() {
        for (String exercise : List.of("chat", "stream")) {
            JsonNode told = run().of(exercise);
            assertThat(told.path("input").asInt()).as("%s", told).isPositive();
            assertThat(told.path("output").asInt()).as("%s", told).isPositive();
            assertThat(told.path("tokens").asInt())
                    .isEqualTo(told.path("input").asInt() + told.path("output").asInt());
        }
    }

    @Test
    @Shows(Capability.TOOLS)
    void tool_isCalledInSeveralTurns_untilTheAnswer() {
        JsonNode result = run().of("manyTurns");
        assertThat(result.path("text").asString()).isEqualTo("It is warmer in Basel.");
        assertThat(result.path("calls").toString()).isEqualTo("[{\"city\":\"Bern\"},{\"city\":\"Basel\"}]");

        List<JsonNode> bodies = stage().received(question("manyTurns"));
        assertThat(bodies).hasSize(TURNS);
        JsonNode messages = bodies.get(TURNS - 1).path("messages");
        assertThat(messages.findValuesAsString("role"))
                .containsExactly("user", "assistant", "tool", "assistant", "tool");
        assertThat(messages.at("/3/tool_calls/0/id").asString())
                .isEqualTo(messages.at("/4/tool_call_id").asString());
    }

    @Test
    @Shows(Capability.REASONING)
    void reasoning_isSeen_apartFromTheAnswer() {
        assertReasoned("reasoning");
    }

    @Test
    @Shows(Capability.REASONING)
    void reasoningOfAStream_isSeen_apartFromTheAnswer() {
        assertReasoned("streamedReasoning");
    }

    private void assertReasoned(String exercise) {
        JsonNode result = run().of(exercise);
        assertThat(result.path("reasoning").asString(""))
                .as("%s", result)
                .isEqualTo(lacks().contains(Capability.REASONING) ? "" : "They ask for a reason.");
        assertThat(result.path("text").asString()).isEqualTo("Because we listen.");
    }

    @Test
    @Shows(Capability.REFUSAL)
    void refusal_isSeen_alsoWhereJsonWasAskedFor() {
        assertThat(run().of("refusal").path("refusal").asString(""))
                .isEqualTo(lacks().contains(Capability.REFUSAL) ? "" : "I can't help with that.");
    }

    @Test
    @Shows(Capability.TIMEOUT)
    void answerThatIsLate_isTheClientsOwnTimeout() {
        assertThat(run().of("timeout").at("/error/type").asString()).isEqualTo(timedOut());
        assertThat(stage().received(question("timeout")))
                .as("calls; none if the client gave up first")
                .hasSizeLessThan(2);
    }

    @Test
    @Shows(Capability.LEAVING)
    void clientThatLeavesTheLine_isAskedForNoMore() {
        assertThat(run().of("leaveLine").at("/error/type").asString())
                .isEqualTo(errorNames().left());
        await().until(() -> stage().leftLine());
        assertThat(stage().received(question("leaveLine"))).isEmpty();
    }
}
