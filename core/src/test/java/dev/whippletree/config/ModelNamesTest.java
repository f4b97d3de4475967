package dev.whippletree.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.ModelNames.Choice;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ModelNamesTest {

    private static final RouteSettings FAST = RouteSettings.builder("fast")
            .tier(new TargetSettings("one", "small"))
            .tier(new TargetSettings("two", "small"), new TargetSettings("two", "large"))
            .aliases(List.of("gpt-4o-mini"))
            .build();
    private static final RouteSettings GOOD = RouteSettings.builder("good")
            .tier(new TargetSettings("one", "large"))
            .build();

    private final ModelNames names = ModelNames.of(List.of(FAST, GOOD), account -> true);

    @Test
    void routesAndAliases_leaveTheChoiceToTheRoute() {
        assertThat(names.find("good")).contains(new Choice("good", Optional.empty(), Optional.empty()));
        assertThat(names.find("gpt-4o-mini")).contains(new Choice("fast", Optional.empty(), Optional.empty()));
    }

    @Test
    void model_isThatOfTheFirstRouteThatHasIt() {
        assertThat(names.find("large")).contains(new Choice("fast", Optional.of("large"), Optional.empty()));
        assertThat(names.find("one/large")).contains(new Choice("good", Optional.of("large"), Optional.of("one")));
        assertThat(names.find("three/large")).isEmpty();
    }

    @Test
    void all_areListedRoutesFirst_andSingleAccountsLast() {
        assertThat(names.all().keySet())
                .containsExactly(
                        "fast",
                        "good",
                        "gpt-4o-mini",
                        "small",
                        "large",
                        "one/small",
                        "two/small",
                        "two/large",
                        "one/large");
        assertThat(names.withoutAccounts()).containsExactly("fast", "good", "gpt-4o-mini", "small", "large");
    }

    @Test
    void modelWrittenLikeAnAccounts_isTheModel() {
        RouteSettings route = RouteSettings.builder("r")
                .tier(new TargetSettings("openai", "gpt"), new TargetSettings("hf", "openai/gpt"))
                .build();
        assertThat(ModelNames.of(List.of(route), account -> true).find("openai/gpt"))
                .contains(new Choice("r", Optional.of("openai/gpt"), Optional.empty()));
    }

    @Test
    void whatMayNotBeUsed_hasNoName() {
        ModelNames some = ModelNames.of(List.of(FAST, GOOD), "two"::equals);
        assertThat(some.all()).containsOnlyKeys("fast", "gpt-4o-mini", "small", "large", "two/small", "two/large");
    }

    @Test
    void unknownName_isToldTheNearest_orAll() {
        assertThat(names.noneIsNamed("larg"))
                .isEqualTo("no route or model is named 'larg'; give a route this name, or add it to a route's aliases;"
                        + " did you mean 'large'?");
        assertThat(names.noneIsNamed("xyz")).endsWith("; known: fast, good, gpt-4o-mini, large, small");
    }

    @Test
    void choice_sendsAPromptThere() {
        Prompt prompt = names.find("one/large")
                .orElseThrow()
                .apply(Prompt.builder().user("q"))
                .build();
        assertThat(prompt.route()).contains("good");
        assertThat(prompt.model()).contains("large");
        assertThat(prompt.account()).contains("one");
    }
}
