package dev.whippletree.testkit.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.PluginForm;
import dev.whippletree.testkit.provider.ScriptedReply.Ending;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The contract of a provider that speaks HTTP: everything the engine relies on. Extend it, and write down what your
 * service sends; every test then runs against your provider.
 *
 * <p>Each test runs the provider against a {@link ScriptedService}, over real sockets and with real threads.
 */
@Timeout(60)
public abstract class ProviderContract {

    /** The credential of the account under test; it must appear nowhere but in requests. */
    protected static final String TOKEN = "contract-secret-7f3a";

    private static final int AT_ONCE = 50;

    private final FakeServices services = FakeServices.real();
    private final ScriptedService service = new ScriptedService();
    private final ProviderClient client = connect(service.address());

    /** Creates the contract; JUnit makes one for each test. */
    protected ProviderContract() {}

    /** Returns the provider under test. */
    protected abstract Provider provider();

    /**
     * Returns an account at a service.
     *
     * @param address where the service is: {@code http://host:port}
     * @param token its credential, {@link #TOKEN}
     */
    protected abstract AccountSettings account(String address, Secret token);

    /** Returns how the service gives a whole answer that isn't streamed. */
    protected abstract ScriptedReply answer(String text);

    /**
     * Returns how the service streams an answer of these pieces; what makes it whole must be in the second half of it.
     */
    protected abstract ScriptedReply stream(List<String> pieces);

    /** Returns how the service refuses a credential, in these words. */
    protected abstract ScriptedReply unauthorized(String words);

    /** Returns one example for each kind of failure the service can tell. */
    protected abstract Map<FailureKind, ScriptedReply> failures();

    /**
     * Returns how the service answers with vectors, of numbers that are exact as decimals; override it where the
     * provider has embeddings.
     *
     * @return empty if it has none
     */
    protected Optional<ScriptedReply> vectors(List<float[]> vectors) {
        return Optional.empty();
    }

    /** Returns the model to ask for; override it where the provider insists on a form. */
    protected String model() {
        return "test/model";
    }

    private ProviderClient connect(String address) {
        return provider().connect(account(address, Secret.of(TOKEN)), services);
    }

    @BeforeEach
    final void checkThatConnectingMakesNoCall() {
        assertThat(service.requests()).as("connect() makes no call").isEmpty();
    }

    @AfterEach
    final void close() {
        client.close();
        service.close();
        services.close();
    }

    private RecordingSink send(boolean streaming) {
        RecordingSink sink = new RecordingSink(streaming);
        client.send(Prompt.of("How are you?"), model(), sink);
        return sink;
    }

    private ScriptedReply halfAStream() {
        return stream(List.of("Fine", ", thank", " you", " very", " much", " indeed"))
                .half();
    }

    private static void assertRulesKept(RecordingSink sink) {
        assertThat(sink.violations())
                .as("a sink is told serially and in order: sent, firstByte, limits, deltas, exactly one end")
                .isEmpty();
    }

    @Test
    void kind_hasTheFormOfAPlugin() {
        PluginForm.check(provider(), provider().name(), provider().settings());
        assertThat(ServiceLoader.load(Provider.class))
                .as("META-INF/services/dev.whippletree.spi.Provider names the provider")
                .anyMatch(found -> found.getClass().equals(provider().getClass()));
    }

    @Test
    void emptyEnvironment_declaresNoAccount() {
        assertThat(provider().fromEnvironment(Map.of()))
                .as("nothing may be read but the given variables")
                .isEmpty();
    }

    @Test
    void wholeAnswer_isToldInOrder() {
        service.reply(answer("Fine, thänk you 👋"));

        RecordingSink sink = send(false);

        sink.awaitDone();
        assertThat(sink.text()).as("the text of the answer").isEqualTo("Fine, thänk you 👋");
        assertThat(sink.wasSent()).as("sent() dates the use of a limit").isTrue();
        assertThat(sink.sawFirstByte())
                .as("firstByte() dates the use of a limit")
                .isTrue();
        assertRulesKept(sink);
    }

    @Test
    void streamedAnswer_comesPieceByPiece() {
        service.reply(stream(List.of("Fine", ", thänk", " you 👋")));

        RecordingSink sink = send(true);

        sink.awaitDone();
        assertThat(sink.text()).as("the text of the stream").isEqualTo("Fine, thänk you 👋");
        assertThat(sink.deltas()).as("each piece is passed on as it comes").hasSizeGreaterThan(1);
        assertRulesKept(sink);
    }

    @Test
    void piece_isToldBeforeTheNextOneComes() {
        service.reply(halfAStream().ending(Ending.HANGING));

        RecordingSink sink = send(true);

        sink.awaitFirstDelta();
        assertThat(sink.isOver()).as("the answer isn't over yet").isFalse();
    }

    @Test
    void credential_isSent() {
        service.reply(answer("Fine"));

        send(false).awaitDone();

        assertThat(service.requests().get(0).toString())
                .as("the request holds the account's token")
                .contains(TOKEN);
    }

    @Test
    void failures_areOfTheirKind_andNothingIsSentTwice() {
        failures().forEach((kind, reply) -> {
            int before = service.requests().size();
            service.reply(reply);
            RecordingSink sink = send(false);
            Failure failure = sink.awaitFailure();
            assertThat(failure.kind()).as("what %s means (%s)", reply, failure).isEqualTo(kind);
            assertThat(failure.message()).as("a failure has words").isNotBlank();
            assertThat(service.requests())
                    .as("a call is made once, also after %s", reply)
                    .hasSize(before + 1);
            assertRulesKept(sink);
        });
    }

    @Test
    void answerThatBreaksOff_isNoAnswer() {
        for (Ending ending : new Ending[] {Ending.CUT, Ending.WHOLE}) {
            service.reply(answer("Fine").half().ending(ending));
            RecordingSink sink = send(false);
            assertThat(sink.awaitFailure().kind())
                    .as("half an answer, ending %s", ending)
                    .isEqualTo(FailureKind.UNAVAILABLE);
            assertRulesKept(sink);
        }
    }

    @Test
    void streamThatBreaksOff_isNoAnswer() {
        for (Ending ending : new Ending[] {Ending.CUT, Ending.WHOLE, Ending.WHOLE_THEN_CLOSED}) {
            service.reply(halfAStream().ending(ending));
            RecordingSink sink = send(true);
            assertThat(sink.awaitFailure().kind())
                    .as("half a stream, ending %s", ending)
                    .isEqualTo(FailureKind.UNAVAILABLE);
            assertRulesKept(sink);
        }
    }

    @Test
    void garbage_isNoAnswer() {
        for (String body :
                List.of("", "<html>It works!</html>", "{}", "null", "[1]", "{\"unterminated", "\u0000\u0001")) {
            for (boolean streaming : new boolean[] {false, true}) {
                service.reply((streaming ? stream(List.of("a")) : answer("a")).body(body));
                RecordingSink sink = send(streaming);
                assertThat(sink.awaitFailure().kind())
                        .as("status 200 with the body '%s', streaming: %s", body, streaming)
                        .isEqualTo(FailureKind.UNAVAILABLE);
                assertRulesKept(sink);
            }
        }
    }

    @Test
    void nobodyThere_isUnavailable() {
        service.close();

        RecordingSink sink = send(false);

        assertThat(sink.awaitFailure().kind()).as("where nobody listens").isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(sink.wasSent()).as("nothing was sent").isFalse();
        assertRulesKept(sink);
    }

    @Test
    void lostIdleConnection_costsOneCallAtMost() {
        service.reply(answer("one").ending(Ending.WHOLE_THEN_CLOSED));
        service.reply(answer("two"));
        send(false).awaitDone();

        RecordingSink sink = send(false);

        sink.awaitEnd();
        assertThat(service.requests())
                .as("a request that may have arrived isn't sent again")
                .hasSizeLessThan(3);
        assertRulesKept(sink);
    }

    @Test
    void silentService_holdsNoCallerBack_isToldOfAsSent_andCancellingBreaksTheCallOff() {
        service.reply(ScriptedReply.silence());
        RecordingSink sink = new RecordingSink(false);

        Cancellable call = client.send(Prompt.of("How are you?"), model(), sink);
        service.awaitCalls(1);
        sink.awaitSent();
        sink.cancelled();
        call.cancel();

        service.awaitBrokenOff(1);
        assertThat(sink.isOver()).as("a cancelled call has no end").isFalse();
        assertRulesKept(sink);
    }

    @Test
    void cancellingInMidStream_breaksTheCallOff() {
        service.reply(halfAStream().ending(Ending.HANGING));
        RecordingSink sink = new RecordingSink(true);
        Cancellable call = client.send(Prompt.of("How are you?"), model(), sink);
        sink.awaitFirstDelta();

        call.cancel();

        service.awaitBrokenOff(1);
        assertThat(sink.isOver()).as("a cancelled call has no end").isFalse();
    }

    @Test
    void cancellingAgainOrTooLate_doesNothing() {
        service.reply(answer("Fine"));
        RecordingSink sink = new RecordingSink(false);
        Cancellable call = client.send(Prompt.of("How are you?"), model(), sink);
        sink.awaitDone();

        assertThatCode(() -> {
                    call.cancel();
                    call.cancel();
                })
                .doesNotThrowAnyException();
        assertRulesKept(sink);
    }

    @Test
    void manyCalls_areUnderWayAtOnce() {
        service.holdUntil(AT_ONCE);
        IntStream.range(0, AT_ONCE).forEach(number -> service.reply(answer("Fine")));

        List<RecordingSink> sinks =
                IntStream.range(0, AT_ONCE).mapToObj(number -> send(false)).toList();

        // No reply comes before all have arrived, so a client that queues calls never gets here.
        sinks.forEach(sink -> {
            sink.awaitDone();
            assertRulesKept(sink);
        });
    }

    @Test
    void closing_breaksOffWhatIsUnderWay_andTellsSo() {
        service.reply(ScriptedReply.silence());
        RecordingSink sink = send(false);
        service.awaitCalls(1);

        client.close();

        assertThat(sink.awaitFailure().kind())
                .as("a call that closing breaks off")
                .isEqualTo(FailureKind.UNAVAILABLE);
        service.awaitBrokenOff(1);
        assertRulesKept(sink);
    }

    @Test
    void callAfterClosing_fails() {
        client.close();

        RecordingSink sink = send(false);

        assertThat(sink.awaitFailure().kind()).as("a call after close()").isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(service.requests()).as("no request is sent after close()").isEmpty();
        assertRulesKept(sink);
    }

    @Test
    void token_isInNoFailureAndNoDescription() {
        service.reply(unauthorized("The key " + TOKEN + " of org_01secret is wrong"));

        Failure failure = send(false).awaitFailure();

        assertThat(failure.kind()).as("a credential that is refused").isEqualTo(FailureKind.UNAUTHORIZED);
        assertThat(failure.toString() + failure.code())
                .as("a failure shows no credential")
                .doesNotContain(TOKEN)
                .doesNotContain("org_01secret");
        assertThat(client.toString()).as("a client shows no credential").doesNotContain(TOKEN);
    }

    @Test
    void tokenThatCannotBeRead_isUnauthorized() {
        AccountSettings broken = account(service.address(), Secret.from(() -> {
            throw new IllegalStateException("the vault is closed");
        }));
        RecordingSink sink = new RecordingSink(false);

        try (ProviderClient locked = provider().connect(broken, services)) {
            locked.send(Prompt.of("How are you?"), model(), sink);
            assertThat(sink.awaitFailure().kind())
                    .as("a credential that can't be read")
                    .isEqualTo(FailureKind.UNAUTHORIZED);
        }
        assertThat(service.requests())
                .as("nothing is sent without a credential")
                .isEmpty();
    }

    @Test
    void longMessage_isShortened() {
        service.reply(unauthorized("No! ".repeat(5_000)));

        assertThat(send(false).awaitFailure().message())
                .as("a failure cuts long words of the service")
                .hasSizeLessThan(1_000);
    }

    @Test
    void sinkThatFails_doesNotKeepTheNextCallFromBeingMade() {
        service.reply(answer("one"));
        service.reply(answer("two"));
        RecordingSink failing = new RecordingSink(false) {
            @Override
            public void delta(Delta.Piece piece) {
                throw new IllegalStateException("this sink fails on purpose");
            }
        };

        assertThatCode(() -> client.send(Prompt.of("How are you?"), model(), failing))
                .doesNotThrowAnyException();
        service.awaitCalls(1);

        send(false).awaitDone();
    }

    @Test
    void admission_growsWithThePrompt_andMakesNoCall() {
        Admission small = client.admission(Prompt.of("Hi"), model());
        Admission large = client.admission(
                Prompt.builder()
                        .message(Message.system("Be kind. ".repeat(100)))
                        .user("Hi")
                        .build(),
                model());

        assertThat(small.promptTokens()).as("a prompt has tokens").isPositive();
        assertThat(large.promptTokens())
                .as("900 characters are 225 tokens or so")
                .isGreaterThan(200);
        assertThat(client.admission(Prompt.of("Hi"), model()))
                .as("the same of the same prompt")
                .isEqualTo(small);
        assertThat(service.requests()).as("admission() makes no call").isEmpty();
    }

    @Test
    void maximum_isTheBoundOfTheCompletion_andIsSentUnchanged() {
        service.reply(answer("Fine"));
        Prompt prompt = Prompt.builder().user("Hi").maxTokens(1_357).build();
        RecordingSink sink = new RecordingSink(false);

        client.send(prompt, model(), sink);

        sink.awaitDone();
        assertThat(service.requests().get(0).toString())
                .as("the maximum is sent")
                .contains("1357");
        assertThat(client.admission(prompt, model()).completionBound())
                .as("what is counted on entry, or can be made at most")
                .hasValue(1_357);
    }

    @Test
    void promptWithoutMaximum_hasNoBound_andNoneIsSent() {
        service.reply(answer("Fine"));
        RecordingSink sink = new RecordingSink(false);

        client.send(Prompt.of("Hi"), model(), sink);

        sink.awaitDone();
        assertThat(service.requests().get(0).toString())
                .as("no maximum is sent that nobody set")
                .doesNotContain("max_");
        assertThat(client.admission(Prompt.of("Hi"), model()).completionBound())
                .as("no maximum, no bound")
                .isEmpty();
    }

    private RecordingSink embed(List<float[]> vectors, String... texts) {
        service.reply(vectors(vectors).orElseThrow());
        RecordingSink sink = new RecordingSink(false);
        client.send(Prompt.embedding(List.of(texts)), model(), sink);
        return sink;
    }

    @Test
    void embeddings_areDeclaredIfThereAreAny() {
        assertThat(client.embeddings().isPresent())
                .as("embeddings() says whether the engine may send texts to embed")
                .isEqualTo(vectors(List.of(new float[] {1})).isPresent());
        assertThat(service.requests()).as("nothing is sent").isEmpty();
    }

    @Test
    void vectors_comeAsALineOfBase64ForEachText() {
        assumeTrue(client.embeddings().isPresent(), "the provider has no embeddings");
        assertThat(client.admission(Prompt.embedding(List.of("a text")), model())
                        .completionBound())
                .hasValue(0);
        List<float[]> vectors = List.of(new float[] {0.5f, -2, 0}, new float[] {1, 0.25f, 8_192});

        RecordingSink sink = embed(vectors, "first text", "sécond text");

        sink.awaitDone();
        assertThat(sink.text().lines().map(Embedding::decode))
                .as("the vectors, in the order of the texts")
                .containsExactlyElementsOf(vectors);
        assertThat(service.requests().get(0).toString())
                .as("the request has the texts and the credential")
                .contains("first text", "sécond text", TOKEN);
        assertRulesKept(sink);
    }

    @Test
    void vectorsThatDontFitTheTexts_areNoAnswer() {
        assumeTrue(client.embeddings().isPresent(), "the provider has no embeddings");
        for (List<float[]> vectors : List.of(
                List.<float[]>of(),
                List.of(new float[] {1}),
                List.of(new float[] {1}, new float[] {1}, new float[] {1}),
                List.of(new float[] {1}, new float[] {1, 2}),
                List.of(new float[] {}, new float[] {}))) {
            RecordingSink sink = embed(vectors, "one", "two");
            assertThat(sink.awaitFailure().kind())
                    .as("%s vectors for two texts", vectors.size())
                    .isEqualTo(FailureKind.UNAVAILABLE);
            assertRulesKept(sink);
        }
    }

    @Test
    void plainPrompt_isNotRefused() {
        assertThat(client.refuses(Prompt.of("Hi"), model()))
                .as("a plain prompt")
                .isEmpty();
    }
}
