package dev.whippletree.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.Limit;
import dev.whippletree.stress.interviews.InterviewPlan;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class PromptListTest {

    private static PromptList.Builder add(PromptList.Builder list, String session, long key, int tokens) {
        return list.add(Optional.of(session).filter(name -> !name.isEmpty()), key, tokens, OptionalInt.empty());
    }

    private static PlanRequest request(PromptList list, String accounts) {
        return PlanRequest.of(List.of(list.sessions()), AccountPool.parse(accounts))
                .withAdvice(false)
                .withWorkload(Workload.STANDARD.withPrompts(list));
    }

    @Test
    void figures_areTheFiles() {
        PromptList.Builder builder = new PromptList.Builder();
        add(builder, "x", 1, 100);
        add(builder, "x", 2, 300);
        add(builder, "", 1, 100);
        PromptList list =
                builder.add(Optional.of("x"), 3, 50, OptionalInt.of(20)).build();

        assertThat(list.prompts()).isEqualTo(4);
        assertThat(list.distinct()).isEqualTo(3);
        assertThat(list.repeat()).isEqualTo(0.25);
        assertThat(list.sessions()).isEqualTo(2);
        assertThat(list.longest()).isEqualTo(3);
        assertThat(list.meanTokens()).as("of the calls").isEqualTo(150);
        assertThat(list.mostTokens()).isEqualTo(300);
        assertThat(list.meanBound(200)).isEqualTo(140);
        assertThat(list.meanAnswer(110)).isEqualTo(80);
        assertThat(list.meanAnswer(10)).as("shorter than any bound").isEqualTo(10);
        assertThatThrownBy(() -> new PromptList.Builder().build()).hasMessage("there are no prompts to plan");
    }

    @Test
    void promptThatNoModelTakes_isAsLongAsTheLongestOne() {
        PromptList list = add(new PromptList.Builder(), "", 1, 3_000_000).build();

        assertThat(list.mostTokens()).isEqualTo(2_000_000);
    }

    @Test
    void lengths_areEachPromptsOwn() {
        PromptList.Builder list = new PromptList.Builder();
        for (int i = 0; i < 20; i++) {
            add(list, "", i, i == 0 ? 3_000 : 100);
        }

        PlanRequest bounded = request(list.build(), "huggingface:1x2000tok/h");
        bounded = bounded.withWorkload(bounded.workload().withMaxTokens(200));
        assertThat(PlannerTest.plan(bounded).asIs().answered())
                .as("the long prompt fits no window, and six short ones with their answers do")
                .isEqualTo(6);
    }

    @Test
    void ownBounds_areSentAlong_andWhatGroqCounts() {
        PromptList list = add(new PromptList.Builder(), "x", 1, 100)
                .add(Optional.of("x"), 2, 100, OptionalInt.of(50))
                .build();
        PlanRequest request = request(list, "groq:1x1000/h");

        InterviewPlan plan = new Questions(request, 1).plan();

        assertThat(plan.prompt(0, 0).parameters().maxTokens()).isEmpty();
        assertThat(plan.prompt(0, 1).parameters().maxTokens()).hasValue(50);
        assertThat(new Allowance(request).perCall("groq", Limit.Unit.TOKENS)).isEqualTo(100 + (1_024 + 50) / 2);
    }

    @Test
    void sizes_mustBeTheFiles() {
        PromptList list = add(new PromptList.Builder(), "", 1, 100).build();
        PlanRequest request = PlanRequest.of(List.of(2), AccountPool.parse("huggingface:1x1000/h"));

        assertThatThrownBy(() -> request.withWorkload(Workload.STANDARD.withPrompts(list)))
                .hasMessageContaining("have one size");
    }
}
