package dev.whippletree.planner.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.planner.CapacityPlan;
import dev.whippletree.planner.Plans;
import dev.whippletree.planner.Verdict;
import dev.whippletree.planner.answer.Costs;
import dev.whippletree.planner.answer.Sentences;
import dev.whippletree.planner.json.PlanJson;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the page has in it. What a browser draws of it is tested where there is one. */
class PlanPageTest {

    private static final Costs PRICED = new Costs(Optional.of(Plans.prices()), Plans.AS_OF);

    @Test
    void page_hasTheSameAsJson() {
        CapacityPlan plan = Plans.several();

        JsonNode drawn = report(page(plan, PRICED)).get("plan");

        assertThat(drawn).isEqualTo(JsonMapper.shared().readTree(PlanJson.write(plan, PRICED)));
    }

    @ParameterizedTest
    @EnumSource
    void eachVerdict_hasAMarkOfItsOwn(Verdict verdict) {
        String marks = page(Plans.several(), PRICED).replaceAll("(?s).*const MARKS = \\{(.*?)}.*", "$1");
        assertThat(marks).contains(" " + Sentences.word(verdict) + ": '");
    }

    @Test
    void page_hasTheSentencesOfTheText() {
        JsonNode said = report(page(Plans.several(), PRICED)).get("said");

        assertThat(said.get("accounts").intValue()).isEqualTo(2);
        assertThat(said.get("verdict").stringValue()).isEqualTo("no");
        assertThat(said.get("reasons").get(0).stringValue()).startsWith("1,000 interviews: ");
        JsonNode first = said.get("sizes").get(0);
        assertThat(first.get("reasons").get(0).stringValue()).isEqualTo("85.0 % of what the accounts allow is used.");
        assertThat(first.get("first_minute").stringValue()).startsWith("In minute 1, 490 prompts were answered");
        assertThat(first.get("fewest").get(0).stringValue())
                .isEqualTo("huggingface (1000 requests / 1h): 2, at 85.0 %");
        assertThat(first.get("prices").stringValue()).isEqualTo("By the prices of 2026-11-01 in prices.yaml.");
        assertThat(first.get("credits").get(0).stringValue()).contains("may spend 0.10 usd / month");
    }

    @Test
    void page_asksForNothingFromAnywhere_andRunsItsOwnScriptAlone() throws Exception {
        String page = page(Plans.several(), PRICED);
        String script = page.substring(page.indexOf("<script>") + "<script>".length(), page.lastIndexOf("</script>"));
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(script.getBytes(UTF_8));

        assertThat(page)
                .contains("default-src 'none'")
                .contains("script-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'")
                .doesNotContain(
                        " src=", "href=", "url(", "@import", "<link", "<iframe", "innerHTML", "@SCRIPT", "@REPORT");
        assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http:", "https:");
    }

    @Test
    void namesThatAreMarkup_standAsText() {
        String name = "</script><script>alert(\"x\")&'";

        String page = page(Plans.holding(name), PRICED);

        assertThat(page).doesNotContain("</script><script>", "alert(\"x\")");
        JsonNode accounts = report(page).get("plan").get("sizes").get(0).get("accounts");
        assertThat(accounts.get(0).get("id").stringValue()).isEqualTo(name);
    }

    @Test
    void withoutPrices_costIsUnknown() {
        JsonNode report = report(page(Plans.holding("a"), new Costs(Optional.empty(), Plans.AS_OF)));

        assertThat(report.get("plan").get("sizes").get(0).get("cost").has("currency"))
                .isFalse();
        assertThat(report.get("said").get("sizes").get(0).has("prices")).isFalse();
    }

    private static String page(CapacityPlan plan, Costs costs) {
        return new PlanPage(plan, costs).html();
    }

    private static JsonNode report(String page) {
        String begin = "<script type=\"application/json\" id=\"report\">";
        int from = page.indexOf(begin) + begin.length();
        return JsonMapper.shared().readTree(page.substring(from, page.indexOf("</script>", from)));
    }
}
