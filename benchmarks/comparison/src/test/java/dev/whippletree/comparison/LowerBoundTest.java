package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.comparison.contender.Caller;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.AnswerLength;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import dev.whippletree.model.Limit;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LowerBoundTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static ServiceSettingsBuilder service(ServiceKind kind, ServiceLimit... limits) {
        return ServiceSettings.builder(kind)
                .latency(Latency.constant(SECOND))
                .answerLength(AnswerLength.about(60))
                .account("account-1", "token-1", limits);
    }

    private static ServiceSettings sliding(long requests) {
        return service(ServiceKind.OPENAI, ServiceLimit.sliding(Limit.requests(requests, Duration.ofSeconds(10))))
                .build();
    }

    private static Duration bound(ServiceSettings service, Caller... callers) {
        return new Case("a", "A", "", service, true, false, List.of(callers)).bound();
    }

    private static Caller[] distinct(int callers) {
        return IntStream.range(0, callers)
                .mapToObj(number -> caller("question " + number))
                .toArray(Caller[]::new);
    }

    private static Caller caller(String... texts) {
        return new Caller("one", Duration.ZERO, List.of(texts));
    }

    @Test
    void longestSequence_boundsWhatNoLimitBounds() {
        assertThat(bound(sliding(100), caller("a", "b", "c"), caller("d"))).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void pauses_countBeforeEachQuestion() {
        Caller slow = new Caller("one", Duration.ofSeconds(2), List.of("a", "b"));

        assertThat(bound(sliding(100), slow)).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void limit_letsAWindowsAmountInAtATime() {
        assertThat(bound(sliding(10), distinct(25))).isEqualTo(Duration.ofSeconds(21));
    }

    @Test
    void equalQuestions_costOneCall() {
        assertThat(bound(sliding(1), caller("a"), caller("a"), caller("a"))).isEqualTo(SECOND);
    }

    @Test
    void answerToAnEarlierQuestion_takesNoTime() {
        assertThat(bound(sliding(2), caller("a", "b"), caller("b", "a"))).isEqualTo(SECOND);
    }

    @Test
    void largerOfTheTwo_counts_notTheirInterplay() {
        Caller slow = new Caller("one", Duration.ofSeconds(9), List.of("a", "b"));

        assertThat(bound(
                        sliding(10),
                        Stream.concat(Arrays.stream(distinct(10)), Stream.of(slow))
                                .toArray(Caller[]::new)))
                .as("two sequences of 10 s; twelve calls are let in by 10 s")
                .isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void outage_isWaitedFor_asOftenAsItComes() {
        ServiceSettings failing = service(ServiceKind.OPENAI, ServiceLimit.sliding(Limit.requests(1, SECOND)))
                .faults(FaultScript.of(FaultRule.parse("503@0s-5s/10s")))
                .build();

        assertThat(bound(failing, distinct(6))).isEqualTo(Duration.ofSeconds(16));
    }

    /** The second account has half the first one's room; its own outage doesn't concern the first. */
    @Test
    void accounts_haveLimitsAndOutagesOfTheirOwn_andTheTightestLimitCounts() {
        ServiceSettings two = service(
                        ServiceKind.OPENAI,
                        ServiceLimit.sliding(Limit.requests(100, SECOND)),
                        ServiceLimit.sliding(Limit.requests(2, Duration.ofSeconds(10))))
                .account("account-2", "token-2", ServiceLimit.sliding(Limit.requests(1, Duration.ofSeconds(10))))
                .faults(FaultScript.of(FaultRule.parse("503@0s-3s:account-2"), FaultRule.parse("500@0s-9s:50%")))
                .build();

        assertThat(bound(two, distinct(2))).isEqualTo(SECOND);
        assertThat(bound(two, distinct(3))).isEqualTo(Duration.ofSeconds(4));
        assertThat(bound(two, distinct(5))).isEqualTo(Duration.ofSeconds(11));
        assertThat(bound(two, distinct(6))).isEqualTo(Duration.ofSeconds(14));
    }

    @Test
    void bucket_refillsEvenly() {
        ServiceSettings bucket = service(
                        ServiceKind.OPENAI, ServiceLimit.bucket(Limit.requests(10, Duration.ofSeconds(10))))
                .build();

        assertThat(bound(bucket, distinct(15)).toMillis()).isBetween(5_999L, 6_001L);
    }

    @Test
    void groq_countsTheMostTokensThatAnAnswerMayHave() {
        ServiceSettings groq = service(
                        ServiceKind.GROQ, ServiceLimit.sliding(Limit.tokens(2 * Case.MAX_TOKENS, SECOND)))
                .build();

        assertThat(bound(groq, distinct(3)))
                .as("a prompt has tokens too, so only one call fits")
                .isEqualTo(Duration.ofSeconds(3));
    }

    private static Case named(String name) {
        return Cases.all(1).stream()
                .filter(of -> of.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void cases_haveTheBoundsThatArithmeticGives() {
        assertThat(named("interviews").bound()).as("17 stages").isEqualTo(Duration.ofSeconds(17));
        assertThat(named("quota").bound()).as("1,700 by 400 per 10 s").isEqualTo(Duration.ofSeconds(41));
        assertThat(named("herd").bound()).as("ten questions").isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void withoutACache_casesAllowWhatArithmeticGives_andThoseThatACacheDecidesComeLast() {
        assertThat(named("interviews").withoutCache()).as("two hours' quota").isEqualTo(2_000);
        assertThat(named("quota").withoutCache()).as("13 windows in 122 s").isEqualTo(13 * 400);
        assertThat(named("herd").withoutCache()).as("3 windows in 29 s").isEqualTo(3 * 100);
        assertThat(Cases.all(1).stream().map(of -> of.withoutCache() < of.prompts()))
                .containsExactly(false, false, false, false, false, false, true, true, true);
    }

    /** Two callers who pause for 2 s can ask three questions each in 10 s, whatever the account admits. */
    @Test
    void withoutACache_nobodyAsksMoreThanTheCallersCan() {
        Caller slow = new Caller("one", Duration.ofSeconds(2), List.of("a", "b", "c", "d"));

        assertThat(new LowerBound(new Case("a", "A", "", sliding(100), true, false, List.of(slow, slow)))
                        .answeredWithoutCache(Duration.ofSeconds(10)))
                .isEqualTo(6);
    }

    @Test
    void limitsDecideWhereContendersWait() {
        assertThat(Cases.all(1).stream().filter(Case::isQuota).map(Case::name))
                .containsExactly("uneven", "outage", "groq", "tenants", "quota");
    }
}
