package dev.whippletree.emulator.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Limit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EmulatedServiceTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Optional<String> TOKEN = Optional.of("token-1");
    private static final ServiceLimit THREE_IN_TEN_SECONDS =
            ServiceLimit.sliding(Limit.requests(3, Duration.ofSeconds(10)));

    private final ChatRequest request = ChatRequest.of("m", "Why do you want to work here?");

    @Test
    void answersItsOwnTokenOnly() {
        EmulatedService service = service(huggingFace());

        assertThat(service.receive(TOKEN, request, 0)).isInstanceOf(Outcome.Answered.class);
        assertThat(refusal(service.receive(Optional.empty(), request, 0)).kind())
                .isEqualTo(RefusalKind.NO_TOKEN);
        assertThat(refusal(service.receive(Optional.of("other"), request, 0)).kind())
                .isEqualTo(RefusalKind.BAD_TOKEN);
        assertThat(service.stats().strangers()).isEqualTo(2);
        assertThat(service.stats().calls()).isEqualTo(1);
    }

    @Test
    void accountsOfOneOrganization_shareItsLimit() {
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .organization(EmulatedOrganization.of("acme", THREE_IN_TEN_SECONDS))
                .member("one", "token-1", "acme")
                .member("two", "token-2", "acme"));

        service.receive(TOKEN, request, 0);
        service.receive(TOKEN, request, 0);
        assertThat(service.receive(Optional.of("token-2"), request, SECOND)).isInstanceOf(Outcome.Answered.class);

        Refusal refusal = refusal(service.receive(Optional.of("token-2"), request, 2 * SECOND));
        assertThat(refusal.kind()).isEqualTo(RefusalKind.LIMIT);
        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(8));
    }

    @Test
    void limit_refusesUntilTheVeryMoment_andRefusalsCountAgainstNothing() {
        EmulatedService service = service(huggingFace().account("two", "token-2", THREE_IN_TEN_SECONDS));
        Optional<String> token = Optional.of("token-2");
        for (int i = 0; i < 3; i++) {
            service.receive(token, request, 0);
        }

        assertThat(refusal(service.receive(token, request, 10 * SECOND - 1)).kind())
                .isEqualTo(RefusalKind.LIMIT);
        assertThat(service.receive(token, request, 10 * SECOND)).isInstanceOf(Outcome.Answered.class);
        assertThat(service.stats().limits()).singleElement().satisfies(limit -> {
            assertThat(limit.fullest()).isEqualTo(3);
            assertThat(limit.amount()).isEqualTo(3);
            assertThat(limit.refused()).isEqualTo(1);
        });
        assertThat(service.stats().rateLimited()).isEqualTo(1);
    }

    private static Outcome.Answered answer(EmulatedService service, String text, long nowNanos) {
        Outcome outcome = service.receive(TOKEN, ChatRequest.of("m", text), nowNanos);
        assertThat(outcome).isInstanceOf(Outcome.Answered.class);
        return (Outcome.Answered) outcome;
    }

    private static long used(EmulatedService service, String text, long nowNanos) {
        return answer(service, text, nowNanos).limits().get(0).used();
    }

    /** Of 1,000 tokens three whole blocks of 128 are in common; 10 are counted for each answer. */
    @ParameterizedTest
    @EnumSource(Counting.class)
    void whatGroqHasCached_countsUntilTheAnswerIsThere_andNoLonger(Counting counting) {
        ServiceLimit limit = new ServiceLimit(Limit.tokens(10_000, Duration.ofHours(10)), counting, true);
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.GROQ)
                .account("one", "token-1", limit)
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
        assertThat(used(service, common + "3".repeat(size), 11 * SECOND)).isBetween(whole - 10, whole);
        assertThat(used(service, "short", 20 * SECOND)).isBetween(whole - 2 * 384, whole - 2 * 384 + 30);
        assertThat(answer(service, common + "4".repeat(size), 90 * SECOND)
                        .answer()
                        .cachedTokens())
                .as("it is kept for a minute")
                .isZero();
    }

    @Test
    void waitsKeptToItself_aRefusalSaysNone() {
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .keepsWaitsToItself()
                .account("one", "token-1", THREE_IN_TEN_SECONDS));
        for (int i = 0; i < 3; i++) {
            service.receive(TOKEN, request, 0);
        }
        assertThat(refusal(service.receive(TOKEN, request, 0)).retryAfter()).isEmpty();
    }

    @Test
    void mostUnderWay_refusesMoreUntilOneHasEnded() {
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .latency(Latency.constant(Duration.ofSeconds(1)))
                .mostUnderWay(2)
                .account("one", "token-1"));
        service.receive(TOKEN, request, 0);
        service.receive(TOKEN, request, SECOND / 2);
        assertThat(refusal(service.receive(TOKEN, request, SECOND - 1)).kind()).isEqualTo(RefusalKind.LIMIT);
        assertThat(service.receive(TOKEN, request, SECOND)).isInstanceOf(Outcome.Answered.class);
    }

    @Test
    void changedLimits_holdForEveryOrganization() {
        EmulatedService service = service(
                ServiceSettings.builder(ServiceKind.HUGGING_FACE).account("one", "token-1", THREE_IN_TEN_SECONDS));
        service.changeLimits(1.0 / 3, 0);
        service.receive(TOKEN, request, 0);
        assertThat(refusal(service.receive(TOKEN, request, SECOND)).retryAfter())
                .contains(Duration.ofSeconds(9));
        service.changeLimits(1, SECOND);
        assertThat(service.receive(TOKEN, request, SECOND)).isInstanceOf(Outcome.Answered.class);
    }

    @Test
    void announcedLimits_holdAndAreTold() {
        EmulatedService service = service(
                ServiceSettings.builder(ServiceKind.HUGGING_FACE).account("one", "token-1", THREE_IN_TEN_SECONDS));
        service.receive(TOKEN, request, 0);
        service.announceLimits(2.0 / 3, 0);
        Outcome.Answered answered = (Outcome.Answered) service.receive(TOKEN, request, SECOND);
        assertThat(answered.limits()).singleElement().satisfies(state -> {
            assertThat(state.limit().limit().amount()).isEqualTo(2);
            assertThat(state.remaining()).isZero();
        });
        assertThat(refusal(service.receive(TOKEN, request, SECOND)).kind()).isEqualTo(RefusalKind.LIMIT);
    }

    @Test
    void groq_countsThePromptAndTheMostTheAnswerMayHave() {
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.GROQ)
                .account("g", "token-1", ServiceLimit.bucket(Limit.tokens(8000, Duration.ofMinutes(1)))));
        long promptTokens = Tokens.of(request.messages());

        Outcome.Answered answered = (Outcome.Answered) service.receive(TOKEN, request.withMaxTokens(100), 0);

        assertThat(answered.limits())
                .singleElement()
                .satisfies(state -> assertThat(state.used()).isEqualTo(promptTokens + 100));
    }

    @Test
    void groq_hasABucketForEachModel() {
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.GROQ)
                .account("g", "token-1", ServiceLimit.bucket(Limit.requests(1, Duration.ofMinutes(1)))));

        assertThat(service.receive(TOKEN, request, 0)).isInstanceOf(Outcome.Answered.class);
        assertThat(service.receive(TOKEN, request, 0)).isInstanceOf(Outcome.Refused.class);
        assertThat(service.receive(TOKEN, ChatRequest.of("n", "Hello"), 0)).isInstanceOf(Outcome.Answered.class);
    }

    @Test
    void requestLargerThanALimit_isTooLarge_forEver() {
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.GROQ)
                .account("g", "token-1", ServiceLimit.bucket(Limit.tokens(8000, Duration.ofMinutes(1)))));

        Refusal refusal = refusal(service.receive(TOKEN, request.withMaxTokens(10_000), 0));

        assertThat(refusal.kind()).isEqualTo(RefusalKind.LARGER_THAN_LIMIT);
        assertThat(refusal.status()).isEqualTo(413);
        assertThat(refusal.retryAfter()).isPresent();
    }

    @ParameterizedTest
    @CsvSource({"logprobs, true", "top_logprobs, 3", "logit_bias, {}", "n, 2", "messages[].name, true"})
    void groq_refusesParametersItDoesntTake(String field, String value) {
        EmulatedService service =
                service(ServiceSettings.builder(ServiceKind.GROQ).account("g", "token-1"));
        Object given = field.equals("n") ? Integer.valueOf(value) : value;

        assertThat(refusal(service.receive(TOKEN, request.with(field, given), 0))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void unknownModel_isNotFound_whichHuggingFaceCallsABadRequest() {
        EmulatedService groq = service(ServiceSettings.builder(ServiceKind.GROQ)
                .account("g", "token-1")
                .models("other"));
        EmulatedService huggingFace = service(huggingFace().models("other"));

        assertThat(refusal(groq.receive(TOKEN, request, 0)).status()).isEqualTo(404);
        assertThat(refusal(huggingFace.receive(TOKEN, request, 0)).status()).isEqualTo(400);
        assertThat(huggingFace.receive(TOKEN, ChatRequest.of("other:fastest", "Hello"), 0))
                .isInstanceOf(Outcome.Answered.class);
    }

    @Test
    void creditRunsOut_andIsNoLimit() {
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .organization(new EmulatedOrganization("poor", List.of(), OptionalLong.of(1)))
                .member("poor-1", "token-1", "poor"));

        assertThat(service.receive(TOKEN, request, 0)).isInstanceOf(Outcome.Answered.class);
        assertThat(refusal(service.receive(TOKEN, request, 0)).status()).isEqualTo(402);
    }

    @Test
    void boundedAnswer_isCutAtItsBound_andSaysSo() {
        Outcome.Answered answered =
                (Outcome.Answered) service(huggingFace()).receive(TOKEN, request.withMaxTokens(5), 0);

        assertThat(answered.answer().finish()).isEqualTo(FinishReason.LENGTH);
        assertThat(answered.answer().completionTokens()).isEqualTo(5);
        assertThat(Tokens.of(answered.answer().text())).isEqualTo(5);
    }

    @Test
    void promptLongerThanTheContext_isTooLong() {
        EmulatedService service = service(huggingFace().contextTokens(50));

        assertThat(refusal(service.receive(TOKEN, request.withMaxTokens(100), 0))
                        .status())
                .isEqualTo(413);
    }

    @Test
    void outage_befallsOneAccountDuringItsTime_andCountsAgainstTheLimit() {
        FaultRule outage = FaultRule.parse("503@5s-40s:hf-1");
        EmulatedService service = service(huggingFace()
                .account("hf-2", "token-2", THREE_IN_TEN_SECONDS)
                .faults(FaultScript.of(outage, FaultRule.parse("500:hf-2"))));

        assertThat(service.receive(TOKEN, request, 5 * SECOND - 1)).isInstanceOf(Outcome.Answered.class);
        assertThat(refusal(service.receive(TOKEN, request, 5 * SECOND)).status())
                .isEqualTo(503);
        assertThat(refusal(service.receive(TOKEN, request, 40 * SECOND - 1)).status())
                .isEqualTo(503);
        assertThat(service.receive(TOKEN, request, 40 * SECOND)).isInstanceOf(Outcome.Answered.class);

        service.receive(Optional.of("token-2"), request, 40 * SECOND);
        assertThat(service.stats().limits())
                .singleElement()
                .satisfies(limit -> assertThat(limit.fullest()).isEqualTo(1));
    }

    @Test
    void startOfFaults_canBeMoved() {
        EmulatedService service = service(huggingFace().faults(FaultScript.of(FaultRule.parse("503@0s-1s"))));
        service.startFaultsAt(10 * SECOND);

        assertThat(refusal(service.receive(TOKEN, request, 10 * SECOND)).status())
                .isEqualTo(503);
        assertThat(service.receive(TOKEN, request, 11 * SECOND)).isInstanceOf(Outcome.Answered.class);
    }

    @Test
    void share_isThatOfTheSeed_whateverElseHappens() {
        ServiceSettings settings = huggingFace()
                .seed(7)
                .faults(FaultScript.of(FaultRule.parse("reset:3%")))
                .build();

        long first = resets(new EmulatedService(settings, 0), 10_000);
        long second = resets(new EmulatedService(settings, 0), 10_000);

        // 10,000 requests at 3 %: the standard deviation is 17, so five of them are a wide bound.
        assertThat(first).isEqualTo(second).isBetween(215L, 385L);
    }

    @ParameterizedTest
    @CsvSource({
        "RATE_LIMITED,429",
        "RATE_LIMITED_SILENTLY,429",
        "SERVER_ERROR,500",
        "BAD_GATEWAY,502",
        "UNAVAILABLE,503",
        "NO_CREDIT,402",
        "UNAUTHORIZED,401",
        "FORBIDDEN,403",
        "BAD_REQUEST,400",
        "TOO_LONG,413",
        "FILTERED,400",
        "RESET,reset",
        "HANG,hang",
        "CUT,cut",
        "STALL,stall",
        "MALFORMED,malformed",
        "WITHOUT_DONE,no-done",
        "SLOW,200"
    })
    void everyFault_isCountedByItsName(FaultKind kind, String symptom) {
        EmulatedService service = service(
                huggingFace().faults(FaultScript.of(FaultRule.always(kind).onRequests(2, 2))));

        service.receive(TOKEN, request, 0);
        assertThat(service.receive(TOKEN, request, 0).symptom()).isEqualTo(symptom);
        service.receive(TOKEN, request, 0);

        assertThat(service.stats().accounts().get(0).outcomes()).containsKey(symptom);
        assertThat(service.stats().calls()).isEqualTo(3);
    }

    @Test
    void flexCapacity_concernsOnlyRequestsOfThatTier() {
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.GROQ)
                .account("g", "token-1")
                .faults(FaultScript.of(FaultRule.parse("498"))));

        assertThat(service.receive(TOKEN, request, 0)).isInstanceOf(Outcome.Answered.class);
        assertThat(refusal(service.receive(TOKEN, request.with("service_tier", "flex"), 0))
                        .status())
                .isEqualTo(498);
    }

    @Test
    void slowFault_delaysTheFirstToken() {
        EmulatedService service = service(huggingFace()
                .latency(Latency.constant(Duration.ofSeconds(1)))
                .faults(FaultScript.of(FaultRule.parse("slow=20s"))));

        Outcome.Answered answered = (Outcome.Answered) service.receive(TOKEN, request, 0);

        assertThat(answered.firstNanos()).isEqualTo(Duration.ofMillis(20_300).toNanos());
        assertThat(answered.wholeNanos()).isEqualTo(21 * SECOND);
    }

    @Test
    void distinctPrompts_areCounted() {
        EmulatedService service = service(huggingFace());
        service.receive(TOKEN, request, 0);
        service.receive(TOKEN, request, 0);
        service.receive(TOKEN, ChatRequest.of("m", "Another"), 0);

        assertThat(service.stats().distinctPrompts()).isEqualTo(2);
        assertThat(service.stats().mostCallsPerPrompt()).isEqualTo(2);
    }

    @Test
    void sameTokenTwice_isAnError() {
        ServiceSettingsBuilder builder = huggingFace().account("two", "token-1");

        assertThatThrownBy(builder::build).hasMessageContaining("token twice");
    }

    private static ServiceSettingsBuilder huggingFace() {
        return ServiceSettings.builder(ServiceKind.HUGGING_FACE).account("hf-1", "token-1");
    }

    private static EmulatedService service(ServiceSettingsBuilder builder) {
        return new EmulatedService(builder.build(), 0);
    }

    private static Refusal refusal(Outcome outcome) {
        return ((Outcome.Refused) outcome).refusal();
    }

    private long resets(EmulatedService service, int requests) {
        long resets = 0;
        for (int i = 0; i < requests; i++) {
            resets += service.receive(TOKEN, request, i) instanceof Outcome.Reset ? 1 : 0;
        }
        return resets;
    }
}
