package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.Prompt;
import dev.whippletree.planner.answer.Sentences;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which prompt of a trace waits for which, and what a plan makes of it. */
final class TracedPlanTest {

    private static final Instant START = Instant.parse("2026-12-01T09:00:00Z");

    /** Its key is its time. */
    private static RecordedPrompt prompt(String session, int atSeconds, int tookSeconds) {
        return prompt("acme", session, atSeconds, tookSeconds, atSeconds);
    }

    private static RecordedPrompt prompt(String client, String session, int atSeconds, int tookSeconds, long key) {
        return new RecordedPrompt(
                START.plusSeconds(atSeconds),
                Duration.ofSeconds(tookSeconds),
                client,
                Optional.of(session).filter(name -> !name.isEmpty()),
                key,
                300,
                OptionalInt.empty(),
                OptionalInt.empty());
    }

    /** Returns the prompts that follow each other, by their places in the trace. */
    private static String conversations(RecordedPrompt... trace) {
        return Arrays.deepToString(PromptList.of(List.of(trace)).questions());
    }

    private static PlanRequest request(PromptList list, int hours) {
        return request(list, hours, AccountPool.parse("huggingface:1x10/h"));
    }

    private static PlanRequest request(PromptList list, int hours, AccountPool pool) {
        return PlanRequest.of(List.of(list.sessions()), pool)
                .withHorizon(Duration.ofHours(hours))
                .withWorkload(Workload.STANDARD.withPrompts(list));
    }

    @Test
    void promptsOfASession_followEachOther() {
        assertThat(conversations(prompt("a", 0, 5), prompt("b", 6, 1), prompt("a", 10, 5), prompt("a", 15, 1)))
                .isEqualTo("[[0, 2, 3], [1]]");
    }

    @Test
    void promptsBesideEachOther_areConversationsOfTheirOwn() {
        assertThat(conversations(prompt("a", 0, 10), prompt("a", 2, 3), prompt("a", 6, 1), prompt("a", 11, 1)))
                .as("at 2, the first had no answer; at 6, the second had one")
                .isEqualTo("[[0], [1, 2, 3]]");
    }

    @Test
    void longSession_isSeveralConversations_asLongAsAPlanMayHave() {
        PromptList list = PromptList.of(IntStream.rangeClosed(0, 10_000)
                .mapToObj(number -> prompt("a", number, 1))
                .toList());

        assertThat(list.longest()).isEqualTo(10_000);
        assertThat(list.sessions()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"3, 15", "30, 30"})
    void briefAnswers_areAsLongAsEmulatedOnes(int tokens, int planned) {
        RecordedPrompt answered = new RecordedPrompt(
                START, Duration.ZERO, "acme", Optional.empty(), 1, 300, OptionalInt.empty(), OptionalInt.of(tokens));

        assertThat(PromptList.of(List.of(answered)).answerTokens(200)).isEqualTo(planned);
    }

    @Test
    void promptsWithoutASession_followNone() {
        assertThat(conversations(prompt("", 0, 1), prompt("", 10, 1))).isEqualTo("[[0], [1]]");
    }

    @Test
    void sessionsOfTheSameName_areTheirClients() {
        PromptList list = PromptList.of(List.of(prompt("acme", "a", 0, 1, 7), prompt("other", "a", 10, 1, 8)));
        assertThat(list.sessions()).isEqualTo(2);

        Prompt second = new Questions(request(list, 1), 2).plan().prompt(1, 0);
        assertThat(second.tenant()).isEqualTo("other");
        assertThat(second.session()).contains("a");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverTheTrace_eachPromptComesOnce_andAfterTheAnswersOfItsConversation(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<RecordedPrompt> trace = new ArrayList<>();
        int sessions = 1 + random.nextInt(4);
        for (int number = 0; number < 300; number++) {
            String session = random.nextInt(5) == 0 ? "" : "s" + random.nextInt(sessions);
            trace.add(prompt("acme", session, random.nextInt(200), random.nextInt(20), number));
        }
        trace.sort(Comparator.comparing(RecordedPrompt::at));

        PromptList list = PromptList.of(trace);

        assertThat(Arrays.stream(list.questions()).flatMapToInt(Arrays::stream))
                .as("seed %d", seed)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 300).boxed().toList());
        for (int[] conversation : list.questions()) {
            for (int next = 1; next < conversation.length; next++) {
                RecordedPrompt before = trace.get(conversation[next - 1]);
                RecordedPrompt after = trace.get(conversation[next]);
                assertThat(after.session()).isPresent().isEqualTo(before.session());
                assertThat(after.at())
                        .as("seed %d", seed)
                        .isAfterOrEqualTo(before.at().plus(before.took()));
            }
        }
        assertThat(list.prompts()).isEqualTo(300);
        assertThat(list.start()).contains(trace.get(0).at());
        assertThat(list.span())
                .isEqualTo(Duration.between(trace.get(0).at(), trace.get(299).at()));
    }

    /** Of 20 within ten minutes, 10 wait until an hour has passed; an hour later all repeat, and none waits. */
    @Test
    void plan_saysWhatRepeats_whenPromptsWouldHaveWaited_andWhatOneMoreAccountChanges() {
        List<RecordedPrompt> trace = new ArrayList<>();
        trace.add(prompt("acme", "", 0, 1, 1));
        IntStream.rangeClosed(2, 20).forEach(key -> trace.add(prompt("acme", "", 600, 1, key)));
        IntStream.rangeClosed(1, 20).forEach(key -> trace.add(prompt("acme", "", 7_200, 1, key)));
        PlanRequest request = request(PromptList.of(trace), 4).withLongestWait(Duration.ofMinutes(30));

        CapacityPlan plan = new Planner(Runnable::run).plan(request, progress -> {});
        CapacityPlan.SizePlan size = plan.sizes().get(0);

        assertThat(size.asIs().hitRate()).isEqualTo(0.5);
        assertThat(size.asIs().calls()).isEqualTo(20);
        assertThat(size.asIs().verdict()).isEqualTo(Verdict.DOES_NOT_HOLD);
        assertThat(Sentences.reasons(plan, size))
                .last()
                .asString()
                .contains("first at 2026-12-01T10:00:00Z", "most at 2026-12-01T10:10:00Z", "a wait of 1 h 00 m");
        assertThat(size.advice())
                .filteredOn(advice -> advice.change() == CapacityPlan.Change.ONE_MORE)
                .singleElement()
                .satisfies(
                        advice -> assertThat(advice.outcome().verdict().held()).isTrue());
        assertThat(plan.assumptions())
                .anyMatch(sentence -> sentence.startsWith("The prompts are the trace's: 50 % of them repeat"))
                .anyMatch(sentence -> sentence.startsWith("Each prompt comes when it came"));
    }

    /** Two are asked at once, and the third when they have been answered. */
    @ParameterizedTest
    @CsvSource({"true, 1", "false, 2"})
    void withoutACache_equalPromptsShareACallOnlyWhileItIsInFlight(boolean cached, long calls) {
        PromptList list = PromptList.of(
                List.of(prompt("acme", "", 0, 1, 7), prompt("acme", "", 0, 1, 7), prompt("acme", "", 600, 1, 7)));
        AccountPool stored = AccountPool.parse("huggingface:1x10/h");
        AccountPool pool = new AccountPool(stored.groups(), stored.route(), stored.engine(), cached, stored.notes());

        CapacityPlan plan =
                new Planner(Runnable::run).plan(request(list, 1, pool).withAdvice(false), progress -> {});

        assertThat(plan.sizes().get(0).asIs().calls()).isEqualTo(calls);
        assertThat(plan.assumptions().toString().contains("caches answer at once"))
                .isEqualTo(cached);
        assertThat(plan.assumptions().toString().contains("The configuration has no cache"))
                .isNotEqualTo(cached);
    }

    @Test
    void planThatEndsBeforeTheTrace_isRefused() {
        PromptList list = PromptList.of(List.of(prompt("", 0, 1), prompt("", 7_200, 1)));
        assertThatThrownBy(() -> request(list, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the last prompt ends after 2 h at the earliest");
        assertThatThrownBy(() -> PromptList.of(List.of())).hasMessage("there are no prompts to plan");
    }
}
