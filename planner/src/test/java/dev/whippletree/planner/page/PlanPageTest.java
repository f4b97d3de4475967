package dev.whippletree.planner.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.planner.AccountGroup;
import dev.whippletree.planner.AccountPool;
import dev.whippletree.planner.CapacityPlan;
import dev.whippletree.planner.PlanExamplesTest;
import dev.whippletree.planner.PlanRequest;
import dev.whippletree.planner.Planner;
import dev.whippletree.planner.Verdict;
import dev.whippletree.planner.answer.Costs;
import dev.whippletree.planner.answer.Sentences;
import dev.whippletree.planner.json.PlanJson;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the page has in it. What a browser draws of it is tested where there is one. */
class PlanPageTest {

    private static final Costs PRICED = new Costs(Optional.of(PlanExamplesTest.prices()), PlanExamplesTest.AS_OF);

    private static final CapacityPlan SEVERAL = PlanExamplesTest.several();

    @Test
    void page_hasTheSameAsJson() {
        JsonNode drawn = report(page(SEVERAL, PRICED)).get("plan");

        assertThat(drawn).isEqualTo(JsonMapper.shared().readTree(PlanJson.write(SEVERAL, PRICED)));
    }

    @ParameterizedTest
    @EnumSource
    void eachVerdict_hasAMarkOfItsOwn(Verdict verdict) {
        String marks = page(SEVERAL, PRICED).replaceAll("(?s).*const MARKS = \\{(.*?)}.*", "$1");
        assertThat(marks).contains(" " + Sentences.word(verdict) + ": '");
    }

    @Test
    void page_asksForNothingFromAnywhere_andRunsItsOwnScriptAlone() throws Exception {
        String page = page(SEVERAL, PRICED);
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

        AccountPool pool = AccountPool.parse("huggingface:1x100/h");
        AccountGroup group = pool.groups().get(0);
        AccountGroup named = new AccountGroup(
                group.service(),
                List.of(new AccountGroup.Organization(name, List.of(name))),
                group.limits(),
                group.credit(),
                group.members(),
                false);
        AccountPool changed = new AccountPool(List.of(named), pool.route(), pool.engine(), true, List.of());
        PlanRequest request = PlanRequest.of(List.of(1), changed);

        String page = page(new Planner(Runnable::run).plan(request, progress -> {}), PRICED);

        assertThat(page).doesNotContain("</script><script>", "alert(\"x\")");
        JsonNode accounts = report(page).get("plan").get("sizes").get(0).get("accounts");
        assertThat(accounts.get(0).get("id").stringValue()).isEqualTo(name);
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
