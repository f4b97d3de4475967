package dev.whippletree.cli.plan.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cli.plan.Plans;
import dev.whippletree.cli.plan.answer.Costs;
import dev.whippletree.planner.CapacityPlan;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlanPageTest {

    private static final Costs PRICED = new Costs(Optional.of(Plans.prices()), 30, Plans.AS_OF);

    @Test
    void page_saysTheAnswerAndShowsItsPictures() {
        assertThat(page(Plans.holding("huggingface-1"), PRICED))
                .startsWith("<!doctype html>")
                .contains("<h1 class=\"yes\">Yes, 500 interviews (8,500 prompts) will be answered.</h1>")
                .contains("✓ yes", "✕ no")
                .contains("How long prompts waited for room", "How full the limits were", "90 %: tight above")
                .contains("Calls on each account", "Where answers came from")
                .contains("<title>minute 1, huggingface-1: 283 calls</title>")
                .contains("any one account lost", "0.2210 usd", "Taken for granted")
                .endsWith("</html>\n");
    }

    @Test
    void page_asksForNothingFromAnywhereAndRunsNothing() {
        assertThat(page(Plans.several(), PRICED))
                .doesNotContain("http:", "https:", "src=", "href=", "url(", "@import", "<script", "<link", "<iframe")
                .contains("default-src 'none'");
    }

    @Test
    void namesThatAreMarkup_areShownAsText() {
        String page = page(Plans.holding("<script>alert(\"x\")&'"), PRICED);
        assertThat(page)
                .doesNotContain("<script", "alert(\"x\")")
                .contains("&lt;script&gt;alert(&quot;x&quot;)&amp;&#39;");
    }

    @Test
    void everyElement_isClosed() {
        String page = page(Plans.several(), PRICED);
        for (String name :
                new String[] {"section", "table", "tr", "td", "svg", "figure", "div", "ul", "details", "p"}) {
            assertThat(count(page, "<" + name + ">") + count(page, "<" + name + " "))
                    .as(name)
                    .isEqualTo(count(page, "</" + name + ">"))
                    .isPositive();
        }
    }

    @Test
    void withoutPrices_costIsUnknown() {
        Costs unknown = new Costs(Optional.empty(), 30, Plans.AS_OF);
        assertThat(page(Plans.holding("a"), unknown)).contains("Cost unknown").doesNotContain("0.00 usd");
    }

    private static String page(CapacityPlan plan, Costs costs) {
        return new PlanPage(plan, costs).html();
    }

    private static int count(String text, String part) {
        return (text.length() - text.replace(part, "").length()) / part.length();
    }
}
