package dev.whippletree.emulator.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.model.Limit;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EmulatedServiceTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Optional<String> TOKEN = Optional.of("token-1");
    private static final Optional<String> TOKEN_2 = Optional.of("token-2");
    private static final ServiceLimit THREE_IN_TEN_SECONDS =
            ServiceLimit.sliding(Limit.requests(3, Duration.ofSeconds(10)));

    /** Has 12 tokens. */
    private final ChatRequest request = ChatRequest.of("m", "Why do you want to work here?");

    private static ServiceSettingsBuilder huggingFace(ServiceLimit... limits) {
        return ServiceSettings.builder(ServiceKind.HUGGING_FACE).account("hf-1", "token-1", limits);
    }

    private static ServiceSettingsBuilder groq(ServiceLimit... limits) {
        return ServiceSettings.builder(ServiceKind.GROQ).account("g", "token-1", limits);
    }

    private static EmulatedService service(ServiceSettingsBuilder builder) {
        return new EmulatedService(builder.build(), 0);
    }

    private static Refusal refusal(Outcome outcome) {
        return ((Outcome.Refused) outcome).refusal();
    }

    private static Outcome.Answered answered(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Answered.class);
        return (Outcome.Answered) outcome;
    }

    private static Outcome.Answered answer(EmulatedService service, String text, long nowNanos) {
        return answered(service.receive(TOKEN, ChatRequest.of("m", text), nowNanos));
    }

    /** Returns what comes of asking at each of some seconds: a status, or how it ends. */
    private List<String> symptoms(EmulatedService service, double... seconds) {
        return IntStream.range(0, seconds.length)
                .mapToObj(number -> service.receive(TOKEN, request, (long) (seconds[number] * SECOND))
                        .symptom())
                .toList();
    }

    @Test
    void answersItsOwnTokenOnly() {
        EmulatedService service = service(huggingFace());

        assertThat(symptoms(service, 0)).containsExactly("200");
        assertThat(refusal(service.receive(Optional.empty(), request, 0)).kind())
                .isEqualTo(RefusalKind.NO_TOKEN);
        assertThat(refusal(service.receive(Optional.of("other"), request, 0)).kind())
                .isEqualTo(RefusalKind.BAD_TOKEN);
        assertThat(service.receiveUnreadable(Optional.of("other"), "no JSON", 0).symptom())
                .isEqualTo("401");
        assertThat(service.receiveUnreadable(TOKEN, "no JSON", 0).symptom()).isEqualTo("400");
        assertThat(service.stats().strangers()).isEqualTo(3);
        assertThat(service.stats().accounts().get(0).outcomes()).isEqualTo(Map.of("200", 1L, "400", 1L));
    }

    @Test
    void accountsOfOneOrganization_shareItsLimit_andItsRoomForCallsUnderWay() {
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .organization(EmulatedOrganization.of("acme", THREE_IN_TEN_SECONDS))
                .member("one", "token-1", "acme")
                .member("two", "token-2", "acme"));
        assertThat(symptoms(service, 0, 0)).containsOnly("200");

        assertThat(service.receive(TOKEN_2, request, SECOND).symptom()).isEqualTo("200");
        Refusal refusal = refusal(service.receive(TOKEN_2, request, 2 * SECOND));

        assertThat(refusal.kind()).isEqualTo(RefusalKind.LIMIT);
        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(8));
    }

    @Test
    void limit_refusesUntilTheVeryMoment_andRefusalsCountAgainstNothing() {
        EmulatedService service = service(huggingFace(THREE_IN_TEN_SECONDS));

        assertThat(symptoms(service, 0, 0, 0)).containsOnly("200");
        assertThat(refusal(service.receive(TOKEN, request, 10 * SECOND - 1)).kind())
                .isEqualTo(RefusalKind.LIMIT);
        assertThat(symptoms(service, 10)).containsExactly("200");

        assertThat(service.stats().rateLimited()).isEqualTo(1);
    }

    @Test
    void stats_areOfEachAccount_andOfEachLimitAndModel() {
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.OPENAI)
                .organization(EmulatedOrganization.of(
                        "acme",
                        ServiceLimit.fixed(Limit.parse("9 / 1m")),
                        new ServiceLimit(Limit.parse("2 / 1m"), Counting.SLIDING, true)))
                .member("one", "token-1", "acme")
                .member("two", "token-2", "acme"));

        symptoms(service, 0, 1, 2);
        service.receive(TOKEN_2, ChatRequest.of("n", "Hello"), 3 * SECOND);

        assertThat(service.stats())
                .isEqualTo(new ServiceStats(
                        "openai",
                        List.of(
                                new AccountStats("one", "acme", 3, 2, 1, Map.of("200", 2L, "429", 1L)),
                                new AccountStats("two", "acme", 1, 1, 0, Map.of("200", 1L))),
                        List.of(
                                new LimitStats("acme", "", "9 requests / 1m", Counting.FIXED, 9, 3, 0),
                                new LimitStats("acme", "m", "2 requests / 1m", Counting.SLIDING, 2, 2, 1),
                                new LimitStats("acme", "n", "2 requests / 1m", Counting.SLIDING, 2, 1, 0)),
                        0,
                        2,
                        3));
    }

    @Test
    void limitsOfInputAndOutput_areEachCounted_andRefusalsTakeOfNone() {
        EmulatedService service = service(huggingFace(
                ServiceLimit.sliding(Limit.parse("100 input-tokens / 1m")),
                ServiceLimit.sliding(Limit.parse("100 output-tokens / 1m")),
                ServiceLimit.sliding(Limit.parse("2 / 1m"))));
        ChatRequest bounded = request.withMaxTokens(5);

        service.receive(TOKEN, bounded, 0);
        Outcome.Answered second = answered(service.receive(TOKEN, bounded, 0));
        Outcome.Refused third = (Outcome.Refused) service.receive(TOKEN, bounded, 0);

        assertThat(second.limits()).extracting(LimitState::used).containsExactly(24L, 10L, 2L);
        assertThat(third.limits()).extracting(LimitState::used).containsExactly(24L, 10L, 2L);
    }

    private static long used(EmulatedService service, String text, long nowNanos) {
        return answer(service, text, nowNanos).limits().get(0).used();
    }

    /** Of 1,000 tokens three whole blocks of 128 are in common; 10 are counted for each answer. */
    @ParameterizedTest
    @EnumSource(Counting.class)
    void whatGroqHasCached_countsUntilTheAnswerIsThere_andNoLonger(Counting counting) {
        ServiceLimit limit = new ServiceLimit(Limit.tokens(10_000, Duration.ofHours(10)), counting, true);
        EmulatedService service = service(groq(limit)
                .assumedMaxTokens(10)
                .promptCache(Duration.ofMinutes(1))
                .latency(Latency.constant(Duration.ofSeconds(2))));
        String common = "c".repeat(400 * 4);
        int size = 1_000 * 4 - common.length();

        assertThat(answer(service, common + "1".repeat(size), 0).answer().cachedTokens())
                .isZero();
        assertThat(answer(service, common + "2".repeat(size), 10 * SECOND)
                        .answer()
                        .cachedTokens())
                .isEqualTo(384);
        long whole = 3 * (1_000 + 4 + 10);
        long most = used(service, common + "3".repeat(size), 11 * SECOND);
        assertThat(most).isBetween(whole - 10, whole);
        assertThat(used(service, "short", 20 * SECOND)).isBetween(whole - 2 * 384, whole - 2 * 384 + 30);
        assertThat(service.stats().limits().get(0).fullest()).isBetween(most, whole);
        assertThat(answer(service, common + "4".repeat(size), 71 * SECOND)
                        .answer()
                        .cachedTokens())
                .as("it is kept for a minute")
                .isEqualTo(384);
        assertThat(answer(service, common + "5".repeat(size), 131 * SECOND + 1)
                        .answer()
                        .cachedTokens())
                .isZero();
    }

    @Test
    void whatOthersHaveCached_countsAsEver_andIsNobodyElses() {
        ServiceLimit limit = ServiceLimit.sliding(Limit.tokens(10_000, Duration.ofHours(10)));
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.OPENAI)
                .account("one", "token-1", limit)
                .account("two", "token-2", limit)
                .promptCache(Duration.ofMinutes(1)));
        ChatRequest asked = ChatRequest.of("m", "c".repeat(1_000 * 4)).withMaxTokens(1);
        service.receive(TOKEN, asked, 0);

        assertThat(answered(service.receive(TOKEN, asked, 5 * SECOND)).answer().cachedTokens())
                .isEqualTo(7 * 128);
        assertThat(answered(service.receive(TOKEN, asked, 20 * SECOND))
                        .limits()
                        .get(0)
                        .used())
                .isEqualTo(3 * 1_005);
        assertThat(answered(service.receive(TOKEN_2, asked, 20 * SECOND))
                        .answer()
                        .cachedTokens())
                .isZero();
    }

    @Test
    void waitsKeptToItself_aRefusalSaysNone() {
        EmulatedService service = service(huggingFace(THREE_IN_TEN_SECONDS).keepsWaitsToItself());
        symptoms(service, 0, 0, 0);

        assertThat(refusal(service.receive(TOKEN, request, 0)).retryAfter()).isEmpty();
    }

    /** The second call is a second late because of a fault. */
    @Test
    void mostUnderWay_refusesMoreUntilOneHasEnded_ofTheSameOrganization() {
        EmulatedService service = service(huggingFace()
                .account("hf-2", "token-2")
                .latency(Latency.constant(Duration.ofSeconds(1)))
                .faults(FaultScript.of(FaultRule.parse("slow=1s#2")))
                .mostUnderWay(2));

        assertThat(symptoms(service, 0, 0.5, 0.9)).containsExactly("200", "200", "429");
        assertThat(service.receive(TOKEN_2, request, SECOND * 9 / 10).symptom()).isEqualTo("200");
        assertThat(symptoms(service, 1, 1.6, 2, 2.4, 2.5)).containsExactly("200", "429", "200", "429", "200");
    }

    @Test
    void limitOfOneModel_boundsNoOther_alsoOnceItIsChanged() {
        Optional<String> model = Optional.of("m");
        EmulatedService service =
                service(huggingFace(new ServiceLimit(THREE_IN_TEN_SECONDS.limit(), Counting.SLIDING, true, model)));
        ChatRequest other = ChatRequest.of("other", "Hello");

        assertThat(symptoms(service, 0, 0, 0, 0)).containsExactly("200", "200", "200", "429");
        assertThat(answered(service.receive(TOKEN, other, 0)).limits()).isEmpty();

        service.announceLimits(2.0 / 3, 0);
        assertThat(answer(service, "Hello", 10 * SECOND).limits().get(0).limit().model())
                .isEqualTo(model);
    }

    @Test
    void changedLimits_holdForEveryOrganization_andForModelsThatCome() {
        ServiceLimit perModel = new ServiceLimit(THREE_IN_TEN_SECONDS.limit(), Counting.SLIDING, true);
        EmulatedService service = service(huggingFace(perModel));
        service.changeLimits(1.0 / 3, 0);

        assertThat(symptoms(service, 0)).containsExactly("200");
        Outcome.Refused refused = (Outcome.Refused) service.receive(TOKEN, request, SECOND);
        assertThat(refused.refusal().retryAfter()).contains(Duration.ofSeconds(9));
        assertThat(refused.limits().get(0).limit()).as("nobody is told").isEqualTo(perModel);

        service.changeLimits(1, SECOND);
        assertThat(symptoms(service, 1)).containsExactly("200");
    }

    @Test
    void announcedLimits_holdAndAreTold() {
        EmulatedService service = service(huggingFace(THREE_IN_TEN_SECONDS));
        service.receive(TOKEN, request, 0);
        service.announceLimits(2.0 / 3, 0);

        assertThat(answered(service.receive(TOKEN, request, SECOND)).limits())
                .singleElement()
                .satisfies(state -> {
                    assertThat(state.limit().limit().amount()).isEqualTo(2);
                    assertThat(state.remaining()).isZero();
                });
        assertThat(symptoms(service, 1)).containsExactly("429");
    }

    @Test
    void announcedLimits_areToldOfModelsThatComeLater() {
        EmulatedService service =
                service(huggingFace(new ServiceLimit(THREE_IN_TEN_SECONDS.limit(), Counting.SLIDING, true)));
        service.announceLimits(2.0 / 3, 0);

        assertThat(answer(service, "Hello", 0).limits().get(0).limit().limit().amount())
                .isEqualTo(2);
    }

    @Test
    void clockAhead_movesTheWindows() {
        EmulatedService service = service(huggingFace(ServiceLimit.fixed(Limit.requests(1, Duration.ofSeconds(10))))
                .clockAhead(Duration.ofSeconds(3)));

        assertThat(symptoms(service, 0, 6.9, 7, 16.9, 17)).containsExactly("200", "429", "200", "429", "200");
    }

    @Test
    void groq_countsThePromptAndTheMostTheAnswerMayHave_forEachModel() {
        EmulatedService service = service(groq(ServiceLimit.bucket(Limit.tokens(200, Duration.ofMinutes(1)))));

        assertThat(answered(service.receive(TOKEN, request.withMaxTokens(100), 0))
                        .limits())
                .singleElement()
                .satisfies(state -> assertThat(state.used()).isEqualTo(112));
        assertThat(service.receive(TOKEN, request.withMaxTokens(100), 0).symptom())
                .isEqualTo("429");
        assertThat(service.receive(TOKEN, ChatRequest.of("n", "Hello").withMaxTokens(100), 0)
                        .symptom())
                .isEqualTo("200");
    }

    @Test
    void requestLargerThanALimit_isTooLarge_forEver() {
        EmulatedService service = service(groq(ServiceLimit.bucket(Limit.tokens(8000, Duration.ofMinutes(1)))));

        Refusal refusal = refusal(service.receive(TOKEN, request.withMaxTokens(10_000), 0));

        assertThat(refusal.kind()).isEqualTo(RefusalKind.LARGER_THAN_LIMIT);
        assertThat(refusal.status()).isEqualTo(413);
        assertThat(refusal.retryAfter()).isPresent();
        assertThat(service.receive(TOKEN, request.withMaxTokens(8000 - 12), 0).symptom())
                .isEqualTo("200");
    }

    @ParameterizedTest
    @CsvSource({
        "logprobs, true, 400",
        "top_logprobs, 3, 400",
        "logit_bias, {}, 400",
        "n, 2, 400",
        "messages[].name, true, 400",
        "n, 1, 200",
        "logprobs, false, 200"
    })
    void groq_refusesParametersItDoesntTake(String field, String value, String symptom) {
        Object given = field.equals("n") ? Integer.valueOf(value) : value.equals("false") ? Boolean.FALSE : value;

        assertThat(service(groq()).receive(TOKEN, request.with(field, given), 0).symptom())
                .isEqualTo(symptom);
        assertThat(service(huggingFace())
                        .receive(TOKEN, request.with(field, given), 0)
                        .symptom())
                .isEqualTo("200");
    }

    @Test
    void unknownModel_isNotFound_whichHuggingFaceCallsABadRequest() {
        EmulatedService huggingFace = service(huggingFace().models("other:v2"));

        assertThat(symptoms(service(groq().models("other")), 0)).containsExactly("404");
        assertThat(symptoms(huggingFace, 0)).containsExactly("400");
        assertThat(answered(huggingFace.receive(TOKEN, ChatRequest.of("other:v2:fastest", "Hello"), 0))
                        .answer()
                        .model())
                .isEqualTo("other:v2");
    }

    /** A call uses 12 tokens and 5 of the answer. What is wrong with a request matters less than who pays for it. */
    @ParameterizedTest
    @CsvSource({"17, 1", "18, 2", "34, 2", "35, 3"})
    void creditRunsOut_andIsNoLimit(long credit, int calls) {
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .organization(new EmulatedOrganization("poor", List.of(), OptionalLong.of(credit)))
                .member("poor-1", "token-1", "poor")
                .models("m"));

        for (int call = 0; call < calls; call++) {
            assertThat(service.receive(TOKEN, request.withMaxTokens(5), 0).symptom())
                    .isEqualTo("200");
        }
        assertThat(service.receive(TOKEN, request.withMaxTokens(5), 0).symptom())
                .isEqualTo("402");
        assertThat(service.receive(TOKEN, ChatRequest.of("unknown", "Hello"), 0).symptom())
                .isEqualTo("402");
        assertThat(service.stats().rateLimited()).isZero();
    }

    /** Of texts to embed each has the context for itself. */
    @Test
    void promptLongerThanTheContext_isTooLong() {
        EmulatedService service = service(huggingFace().contextTokens(50));
        List<ChatMessage> inputs = Collections.nCopies(2, new ChatMessage(ChatMessage.INPUT, "a".repeat(200)));
        List<ChatMessage> longer = List.of(new ChatMessage(ChatMessage.INPUT, "a".repeat(201)));

        assertThat(service.receive(TOKEN, request.withMaxTokens(38), 0).symptom())
                .isEqualTo("200");
        assertThat(service.receive(TOKEN, request.withMaxTokens(39), 0).symptom())
                .isEqualTo("413");
        assertThat(service.receive(TOKEN, ChatRequest.embedding("m", inputs, Map.of()), 0)
                        .symptom())
                .isEqualTo("200");
        assertThat(service.receive(TOKEN, ChatRequest.embedding("m", longer, Map.of()), 0)
                        .symptom())
                .isEqualTo("413");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 200",
        "1, 0, 400",
        "1, 256, 200",
        "1, 257, 400",
        "1, 2147483647, 400",
        "2048, 2, 200",
        "2049, 2, 400",
        "0, 2, 400"
    })
    void vectors_haveBounds(int inputs, int dimensions, String symptom) {
        List<ChatMessage> texts = Collections.nCopies(inputs, new ChatMessage(ChatMessage.INPUT, "a"));

        assertThat(service(huggingFace())
                        .receive(TOKEN, ChatRequest.embedding("m", texts, Map.of("dimensions", dimensions)), 0)
                        .symptom())
                .isEqualTo(symptom);
    }

    @Test
    void outage_befallsOneAccountDuringItsTime_andCountsAgainstTheLimit() {
        EmulatedService service = service(huggingFace()
                .account("hf-2", "token-2", THREE_IN_TEN_SECONDS)
                .faults(FaultScript.of(FaultRule.parse("503@5s-40s:hf-1"), FaultRule.parse("500:hf-2"))));

        assertThat(symptoms(service, 4.999, 5, 39.999, 40)).containsExactly("200", "503", "503", "200");
        service.receive(TOKEN_2, request, 40 * SECOND);
        assertThat(service.stats().limits())
                .singleElement()
                .satisfies(limit -> assertThat(limit.fullest()).isEqualTo(1));
    }

    @Test
    void startOfFaults_canBeMoved() {
        EmulatedService service = service(huggingFace().faults(FaultScript.of(FaultRule.parse("503@0s-1s"))));
        service.startFaultsAt(10 * SECOND);

        assertThat(symptoms(service, 0.5, 10, 11)).containsExactly("200", "503", "200");
    }

    @Test
    void share_isThatOfTheSeed_whateverElseHappens() {
        ServiceSettings settings = huggingFace()
                .seed(7)
                .faults(FaultScript.of(FaultRule.parse("reset:3%")))
                .build();

        long first = resets(new EmulatedService(settings, 0));

        // 10,000 requests at 3 %: the standard deviation is 17, so five of them are a wide bound.
        assertThat(first).isEqualTo(resets(new EmulatedService(settings, 0))).isBetween(215L, 385L);
    }

    private long resets(EmulatedService service) {
        return symptoms(service, new double[10_000]).stream()
                .filter("reset"::equals)
                .count();
    }

    /** Faults of the service itself count; those that refuse before it counts don't. */
    @ParameterizedTest
    @CsvSource({
        "RATE_LIMITED, 429, 2, 2",
        "RATE_LIMITED_SILENTLY, 429, 2, 2",
        "SERVER_ERROR, 500, 2, 3",
        "BAD_GATEWAY, 502, 2, 3",
        "UNAVAILABLE, 503, 2, 3",
        "NO_CREDIT, 402, 2, 2",
        "UNAUTHORIZED, 401, 2, 2",
        "FORBIDDEN, 403, 2, 2",
        "BAD_REQUEST, 400, 2, 2",
        "TOO_LONG, 413, 2, 2",
        "FILTERED, 400, 2, 2",
        "RESET, reset, 2, 3",
        "HANG, hang, 2, 3",
        "CUT, cut, 2, 3",
        "STALL, stall, 2, 3",
        "MALFORMED, malformed, 2, 3",
        "WITHOUT_DONE, no-done, 3, 3",
        "SLOW, 200, 3, 3"
    })
    void everyFault_isCountedByItsName(FaultKind kind, String symptom, long answered, long counted) {
        EmulatedService service = service(huggingFace(THREE_IN_TEN_SECONDS)
                .faults(FaultScript.of(FaultRule.always(kind).onRequests(2, 2))));

        assertThat(symptoms(service, 0, 0, 0)).containsExactly("200", symptom, "200");

        AccountStats account = service.stats().accounts().get(0);
        assertThat(account.outcomes()).containsKey(symptom);
        assertThat(account.calls()).isEqualTo(3);
        assertThat(account.answered()).isEqualTo(answered);
        assertThat(account.rateLimited()).isEqualTo(symptom.equals("429") ? 1 : 0);
        assertThat(service.stats().limits().get(0).fullest()).isEqualTo(counted);
    }

    @Test
    void flexCapacity_concernsOnlyRequestsOfThatTier() {
        EmulatedService service = service(groq().faults(FaultScript.of(FaultRule.parse("498"))));

        assertThat(symptoms(service, 0)).containsExactly("200");
        assertThat(service.receive(TOKEN, request.with("service_tier", "flex"), 0)
                        .symptom())
                .isEqualTo("498");
    }

    @Test
    void latency_isTheAccountsOwn_andASlowFaultDelaysTheFirstToken() {
        Latency own = Latency.constant(Duration.ofSeconds(1));
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.OPENAI)
                .organization(EmulatedOrganization.of("one"))
                .account(new EmulatedAccount("one", "token-1", "one", Optional.of(own)))
                .latency(Latency.constant(Duration.ofSeconds(5)))
                .faults(FaultScript.of(FaultRule.parse("slow=20s"))));

        Outcome.Answered answered = answered(service.receive(TOKEN, request, 0));

        assertThat(answered.firstNanos()).isEqualTo(Duration.ofMillis(20_300).toNanos());
        assertThat(answered.wholeNanos()).isEqualTo(21 * SECOND);
    }

    @Test
    void sameTokenTwice_isAnError() {
        ServiceSettingsBuilder builder = huggingFace().account("two", "token-1");

        assertThatThrownBy(builder::build).hasMessageContaining("token twice");
    }
}
